package dev.loraplus.graph;

import com.sun.jna.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Memory that was freed and that C's allocator keeps for later. */
final class FreeMemory {
  private static final Logger LOG = LoggerFactory.getLogger(FreeMemory.class);

  private FreeMemory() {}

  /** Gives it back to the system, where the C library is one that can. */
  static void giveBack() {
    try {
      Function.getFunction("c", "malloc_trim").invokeInt(new Object[] {0L});
    } catch (LinkageError e) {
      LOG.debug("free memory stays with the process", e);
    }
  }
}
