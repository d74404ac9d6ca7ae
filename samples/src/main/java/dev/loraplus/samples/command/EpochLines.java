package dev.loraplus.samples.command;

import dev.loraplus.training.EvaluationReport;
import dev.loraplus.training.StepReport;
import dev.loraplus.training.TrainingListener;
import java.io.PrintWriter;
import java.util.Locale;

/** A line for each epoch with its mean loss, and one for each evaluation. */
final class EpochLines implements TrainingListener {
  private final PrintWriter out;
  private final int rows;
  private final int batch;
  private double sum;
  private int counted;

  EpochLines(PrintWriter out, int rows, int batch) {
    this.out = out;
    this.rows = rows;
    this.batch = batch;
  }

  @Override
  public void onStep(StepReport report) {
    int stepsOfEpoch = (rows + batch - 1) / batch;
    boolean last = report.step() % stepsOfEpoch == 0;
    int size = last ? rows - (stepsOfEpoch - 1) * batch : batch;
    sum += report.loss() * size;
    counted += size;
    if (last) {
      // A run that was continued within an epoch has seen a part of it.
      out.println(
          String.format(
              Locale.ROOT,
              "epoch %d: mean loss %.4f",
              report.step() / stepsOfEpoch,
              sum / counted));
      out.flush();
      sum = 0;
      counted = 0;
    }
  }

  @Override
  public void onEvaluation(EvaluationReport report) {
    out.println("step " + report.step() + ": " + Scores.text(report));
    out.flush();
  }
}
