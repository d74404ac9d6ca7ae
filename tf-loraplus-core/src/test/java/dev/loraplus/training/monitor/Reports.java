package dev.loraplus.training.monitor;

import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.StepReport;
import dev.loraplus.training.StepReport.GroupReport;
import java.util.Map;

/** Reports that several tests share. */
final class Reports {
  private Reports() {}

  static StepReport step(long step, double loss, double relativeUpdate) {
    return new StepReport(
        step,
        100,
        step / 50.0,
        loss,
        2e-4,
        3.2e-3,
        1e-6,
        0.75,
        Map.of("B", new GroupReport(0.5, relativeUpdate)),
        256,
        0.5);
  }

  static StepReport step(long step) {
    return step(step, 2.0 / step, 0.01);
  }

  static EvaluationReport evaluation(long step) {
    return new EvaluationReport(step, 1.5, Map.of("accuracy", 0.625), 0.25);
  }
}
