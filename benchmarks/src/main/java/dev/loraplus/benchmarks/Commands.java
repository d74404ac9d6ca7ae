package dev.loraplus.benchmarks;

import java.io.File;
import java.lang.management.ManagementFactory;
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
    return serve(machine, shape, base, "--adapter=" + adapter);
  }

  /** The same with another rate of B over that of A. */
  static List<String> own(StepShape shape, Path base, Path adapter, double ratio) {
    return serve(List.of(), shape, base, "--adapter=" + adapter, "--ratio=" + ratio);
  }

  /** The same with a fresh adapter, which it writes before it is ready. */
  static List<String> saving(StepShape shape, Path base, Path adapter) {
    return serve(List.of(), shape, base, "--save-adapter=" + adapter);
  }

  private static List<String> serve(
      List<String> machine, StepShape shape, Path base, String... options) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(properties());
    command.addAll(machine);
    command.addAll(List.of("-cp", classPath(), Benchmarks.class.getName(), ServeCommand.NAME));
    command.addAll(shape.arguments());
    command.add("--model=" + base);
    command.addAll(List.of(options));
    return command;
  }

  /** Properties that this process was given, such as where native libraries are unpacked. */
  private static List<String> properties() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("-D"))
        .toList();
  }

  private static String classPath() {
    return System.getProperty("java.class.path", "." + File.pathSeparator);
  }
}
