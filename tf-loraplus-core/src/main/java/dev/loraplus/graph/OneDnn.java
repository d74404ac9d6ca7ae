package dev.loraplus.graph;

/**
 * Lets TensorFlow use oneDNN's kernels on every x86 processor. By itself it does so only where
 * there are AVX512 VNNI or newer instructions, and multiplies by Eigen elsewhere, which took 1.3
 * times as long for a step of MiniLM on a processor with AVX2 alone.
 */
final class OneDnn {
  private static final String NAME = "TF_ENABLE_ONEDNN_OPTS";

  private OneDnn() {}

  /** Whether the user has not turned it off. */
  static boolean isOn() {
    String chosen = System.getenv(NAME);
    return chosen == null || !(chosen.equals("0") || chosen.equalsIgnoreCase("false"));
  }

  /** Chooses it unless the user has chosen; TensorFlow reads the choice when it is loaded. */
  static void prefer() {
    NativeEnvironment.setUnlessSet(NAME, "1");
  }
}
