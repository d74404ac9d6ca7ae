package dev.loraplus.benchmarks;

import dev.loraplus.model.Architecture;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.Footprint;
import dev.loraplus.model.ModuleSpec;
import java.nio.file.Path;

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
  static double of(Path base, StepShape shape) {
    Architecture network = Architectures.read(base, shape.model().task());
    Footprint footprint = network.footprint(shape.length());
    double tokens = (double) shape.batch() * shape.length();
    double weights =
        network.modules().stream()
            .filter(module -> !network.head().contains(module.path()))
            .mapToDouble(
                module -> module instanceof ModuleSpec.Linear l ? 1.0 * l.in() * l.out() : 0)
            .sum();
    if (shape.model().isCausal()) {
      weights += (double) footprint.hidden() * shape.model().vocabulary();
    }
    double attention = 2.0 * footprint.layers() * footprint.hidden() * shape.length();
    return 2 * tokens * (2 * weights + 3 * attention);
  }
}
