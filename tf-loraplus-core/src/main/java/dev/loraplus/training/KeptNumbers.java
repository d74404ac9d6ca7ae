package dev.loraplus.training;

import dev.loraplus.config.Compilation;
import dev.loraplus.config.ComputeConfig;
import dev.loraplus.config.Precision;
import dev.loraplus.config.Recomputation;
import dev.loraplus.model.Footprint;

/**
 * Bytes that a step keeps and works with for each token.
 *
 * @param footprint numbers of the network
 * @param compute how it is computed
 * @param gpu whether on a GPU
 */
record KeptNumbers(Footprint footprint, ComputeConfig compute, boolean gpu) {
  /**
   * What the backward pass of a layer works with, in what a layer keeps: about the gradients of its
   * widest tensors, of the feed-forward part and of attention's probabilities; measured.
   */
  private static final double WORKING = 1.75;

  /** What a number in bfloat16 saves. */
  private static final int SAVED = Float.BYTES - Short.BYTES;

  /**
   * The layers that keep everything, or, once the backward pass has left them, the one that is
   * computed again; what its backward pass works with; the inputs of the others; the head, in
   * float32, of which XLA keeps half at a time.
   */
  long perToken(Recomputation recomputation) {
    int recomputed = recomputation.layersOf(footprint.layers());
    double held = Math.max(1, footprint.whole() - recomputed) + WORKING;
    return Math.round(held * layer())
        + width() * (spared() + recomputed * footprint.hidden())
        + (compute.compilation() == Compilation.FULL ? Short.BYTES : Float.BYTES)
            * footprint.head();
  }

  /** A layer other than the first. */
  private long layer() {
    long bytes = width() * (footprint.layer() - spared());
    if (compute.precision() == Precision.FLOAT32 || compute.isNarrowThroughout()) {
      return bytes;
    }
    long narrowed = bytes - SAVED * footprint.operands() + Short.BYTES * footprint.probabilities();
    return compute.compilation() == Compilation.ELEMENTWISE ? inChains(narrowed) : narrowed;
  }

  /**
   * The activation's input in bfloat16, and of attention all, unless its dropout is on. Of heads
   * that are too large for cuDNN the footprint does not tell that, and counts float32 too.
   */
  private long inChains(long bytes) {
    long attended = footprint.spared() > 0 ? Short.BYTES * footprint.hidden() : 0;
    return bytes - SAVED * footprint.inner() - Float.BYTES * footprint.spared() + attended;
  }

  private long spared() {
    return gpu && compute.isNarrowThroughout() ? footprint.spared() : 0;
  }

  private int width() {
    return compute.isNarrowThroughout() ? Short.BYTES : Float.BYTES;
  }
}
