package dev.loraplus.graph;

/** The first run of a graph's step, which rewrites the graph. For use by one thread. */
public final class FirstRun {
  private boolean over;

  /** A step that has not run yet. */
  public FirstRun() {}

  /** Says that a run is over: what only the first one needed goes back to the system. */
  public void over() {
    if (!over) {
      over = true;
      NativeRuntime.releaseUnused();
    }
  }
}
