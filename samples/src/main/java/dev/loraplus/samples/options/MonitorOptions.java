package dev.loraplus.samples.options;

import dev.loraplus.training.TrainingListener;
import dev.loraplus.training.monitor.JsonlMetrics;
import dev.loraplus.training.monitor.TensorBoardEvents;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Where the numbers of every step go. */
@Command(name = "Records")
public final class MonitorOptions {
  @Option(
      names = "--metrics",
      paramLabel = "FILE.jsonl",
      description = "Write loss, rates, norms and scores as JSON lines.")
  private @Nullable Path metrics;

  @Option(
      names = "--tensorboard",
      paramLabel = "DIR",
      description = "Write them as TensorBoard events.")
  private @Nullable Path tensorBoard;

  /**
   * The listeners as chosen.
   *
   * @return one for each option that is given
   */
  public List<TrainingListener> listeners() {
    List<TrainingListener> listeners = new ArrayList<>();
    if (metrics != null) {
      listeners.add(new JsonlMetrics(metrics));
    }
    if (tensorBoard != null) {
      listeners.add(new TensorBoardEvents(tensorBoard));
    }
    return listeners;
  }
}
