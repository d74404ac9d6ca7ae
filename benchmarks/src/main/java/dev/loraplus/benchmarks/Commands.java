package dev.loraplus.benchmarks;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines of processes that take steps. */
final class Commands {
  private Commands() {}

  /** This library; steps on standard input, as {@link ServeCommand} reads them. */
  static List<String> own(StepShape shape, Path base, Path adapter) {
    return own(List.of(), shape, base, adapter);
  }

  /** The same with options of the virtual machine. */
  static List<String> own(List<String> machine, StepShape shape, Path base, Path adapter) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(machine);
    command.addAll(List.of("-cp", classPath(), Benchmarks.class.getName(), "serve"));
    command.addAll(shape.arguments());
    command.addAll(List.of("--model", base.toString(), "--adapter", adapter.toString()));
    return command;
  }

  private static String classPath() {
    return System.getProperty("java.class.path", "." + File.pathSeparator);
  }
}
