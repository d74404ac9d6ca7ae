package dev.loraplus.samples;

import dev.loraplus.graph.NativeEnvironment;

/** TensorFlow's own log on standard error. */
final class NativeLog {
  private static final String LEVEL = "TF_CPP_MIN_LOG_LEVEL";
  private static final String WARNINGS = "1";

  private NativeLog() {}

  /**
   * Drops its remarks on the processor, keeps its warnings. TensorFlow reads the level from the
   * environment of the process when it loads; a level that the user has set stays.
   *
   * <p>Two lines on a graph pass come all the same: libtensorflow_cc has a copy of Abseil's log
   * inside that reads no environment and exports no switch.
   */
  static void quieten() {
    // Where that is not possible, the command works all the same, with a few lines more.
    NativeEnvironment.setUnlessSet(LEVEL, WARNINGS);
  }
}
