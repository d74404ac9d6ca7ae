package dev.loraplus.benchmarks;

import dev.loraplus.model.Architecture;
import dev.loraplus.model.Footprint;
import dev.loraplus.model.ModuleSpec;

/**
 * The work of a step: the products that the plain network asks for, whoever takes it. Each matrix
 * is multiplied with the tokens once forwards and once backwards, since frozen weights have no
 * gradient; attention's two products have two each backwards. Adapters, a classifier's head and all
 * that is no product do not count, and what a side saves is not taken off: so a share of the peak
 * says how near a step is to a peer that does nothing but these products, at full speed.
 */
final class StepWork {
  private StepWork() {}

  /** Floating-point operations of a step, two for each multiplication and addition. */
  static double of(Architecture network, int rows, int length) {
    Footprint footprint = network.footprint(length);
    double weights =
        network.modules().stream()
            .filter(module -> !network.head().contains(module.path()))
            .mapToDouble(
                module -> module instanceof ModuleSpec.Linear l ? 1.0 * l.in() * l.out() : 0)
            .sum();
    if (network.tiedTable().isPresent()) {
      // The logits' matrix, which is no module of its own.
      weights += (double) footprint.hidden() * network.vocabularySize();
    }
    double attention = 2.0 * footprint.layers() * footprint.hidden() * length;
    return 2.0 * rows * length * (2 * weights + 3 * attention);
  }
}
