package dev.loraplus.samples.command;

import dev.loraplus.weights.AlignedWeights;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code align}: rewrites safetensors files so that they are used where they lie. */
@Command(
    name = "align",
    description = {
      "Rewrites safetensors files in place, so that training and predicting map them instead of",
      "copying them. No number changes."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class AlignCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(
      paramLabel = "MODEL",
      description = "A directory with model.safetensors or shards, or one such file.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private Path path;

  /** For picocli. */
  public AlignCommand() {}

  @Override
  public Integer call() {
    List<Path> rewritten = AlignedWeights.align(path);
    PrintWriter out = spec.commandLine().getOut();
    if (rewritten.isEmpty()) {
      out.println(path + ": is aligned already");
    }
    rewritten.forEach(file -> out.println("aligned " + file));
    out.flush();
    return 0;
  }
}
