package dev.loraplus.optimizer;

import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.config.UpdateRule;
import java.util.HashMap;
import java.util.Map;

/** The three update rules with LoRA+'s groups and clipping, as plain loops in double precision. */
final class Float64Optimizer {
  private final OptimizerConfig config;
  private final Map<String, double[]> first = new HashMap<>();
  private final Map<String, double[]> second = new HashMap<>();
  private int time;

  Float64Optimizer(OptimizerConfig config) {
    this.config = config;
  }

  void step(Float64Lora model, double rateOfA) {
    time++;
    Map<String, double[][]> gradients = model.gradients();
    double square = 0;
    for (double[][] gradient : gradients.values()) {
      for (double[] row : gradient) {
        for (double g : row) {
          square += g * g;
        }
      }
    }
    double clip =
        config.maxGradNorm().isPresent()
            ? Math.min(1, config.maxGradNorm().getAsDouble() / (Math.sqrt(square) + 1e-6))
            : 1;
    gradients.forEach(
        (name, gradient) -> {
          double rate =
              switch (name) {
                case "A" -> rateOfA;
                case "embedding_A", "embedding_B" ->
                    config.embeddingRate() * rateOfA / config.learningRate();
                default -> rateOfA * config.ratio();
              };
          double decay = name.equals("bias") ? 0 : config.decay();
          double[][] p = model.get(name);
          int index = 0;
          for (int i = 0; i < p.length; i++) {
            for (int j = 0; j < p[i].length; j++) {
              p[i][j] = next(name, index++, p[i][j], clip * gradient[i][j], rate, decay);
            }
          }
        });
  }

  private double next(String name, int i, double p, double g, double rate, double decay) {
    UpdateRule rule = config.rule();
    if (rule instanceof UpdateRule.AdamW adamW) {
      double shrunk = p - rate * decay * p;
      return shrunk - rate * adam(name, i, g, adamW.beta1(), adamW.beta2(), adamW.epsilon());
    }
    double coupled = g + decay * p;
    if (rule instanceof UpdateRule.Adam adam) {
      return p - rate * adam(name, i, coupled, adam.beta1(), adam.beta2(), adam.epsilon());
    }
    UpdateRule.Sgd sgd = (UpdateRule.Sgd) rule;
    double[] buffer = slot(first, name);
    buffer[i] = time == 1 ? coupled : sgd.momentum() * buffer[i] + coupled;
    double move = sgd.nesterov() ? coupled + sgd.momentum() * buffer[i] : buffer[i];
    return p - rate * move;
  }

  private double adam(String name, int i, double g, double beta1, double beta2, double epsilon) {
    double[] m = slot(first, name);
    double[] v = slot(second, name);
    m[i] = beta1 * m[i] + (1 - beta1) * g;
    v[i] = beta2 * v[i] + (1 - beta2) * g * g;
    double corrected = m[i] / (1 - Math.pow(beta1, time));
    return corrected / (Math.sqrt(v[i] / (1 - Math.pow(beta2, time))) + epsilon);
  }

  private static double[] slot(Map<String, double[]> slots, String name) {
    return slots.computeIfAbsent(name, unused -> new double[64]);
  }
}
