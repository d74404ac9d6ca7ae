package dev.loraplus.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The peer of a comparison: transformers with peft and torch. */
final class PeerOptions {
  @Option(names = "--python", description = "Python with torch, transformers and peft.")
  private @Nullable String python;

  @Option(
      names = "--peer-precision",
      defaultValue = "fp32",
      description = "fp32, autocast or bf16 (default: ${DEFAULT-VALUE}).")
  private String precision;

  @Option(
      names = "--peer-mode",
      defaultValue = "eager",
      description =
          "eager, compile for torch.compile, or checkpoint for gradient checkpointing (default:"
              + " ${DEFAULT-VALUE}).")
  private String mode;

  @Option(
      names = "--scripts",
      defaultValue = "benchmarks/src/main/python",
      description = "Where the peer's scripts are (default: ${DEFAULT-VALUE}).")
  private Path scripts;

  boolean absent() {
    return python == null;
  }

  String precision() {
    return precision;
  }

  /** The command of a process that takes steps. */
  List<String> steps(StepShape shape, Path base, Path adapter) {
    return List.of(
        String.valueOf(python),
        scripts.resolve("peft_step.py").toString(),
        base.toString(),
        adapter.toString(),
        Integer.toString(shape.batch()),
        Integer.toString(shape.length()),
        Double.toString(StepShape.RATE),
        Double.toString(StepShape.RATIO),
        precision,
        mode);
  }

  /** The command of a process that runs a script with arguments of its own. */
  List<String> script(String name, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(String.valueOf(python));
    command.add(scripts.resolve(name).toString());
    command.addAll(arguments);
    return List.copyOf(command);
  }
}
