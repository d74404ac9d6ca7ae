package dev.loraplus.graph;

/** The first run of a graph's step, which rewrites the graph. For use by one thread. */
public final class FirstRun {
  private boolean over;

  /** A step that has not run yet. */
  public FirstRun() {}

  /**
   * Says that a run is over. After the first one, what building and rewriting the graph has left in
   * memory and nothing needs goes back to the system, which takes some ten milliseconds.
   */
  public void over() {
    if (!over) {
      over = true;
      FreeMemory.giveBack();
      LibraryPages.giveBack();
    }
  }
}
