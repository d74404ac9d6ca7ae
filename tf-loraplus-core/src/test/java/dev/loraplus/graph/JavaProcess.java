package dev.loraplus.graph;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

/** A process of its own with the class path of the tests. */
final class JavaProcess {
  private JavaProcess() {}

  /** Runs a main class in a directory, with both outputs in one. */
  static Process start(Class<?> main, Path directory) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:-CreateCoredumpOnCrash",
            "-cp",
            absolute(System.getProperty("java.class.path")),
            main.getName())
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .start();
  }

  private static String absolute(String classPath) {
    StringBuilder all = new StringBuilder();
    for (String part : classPath.split(File.pathSeparator)) {
      all.append(Path.of(part).toAbsolutePath()).append(File.pathSeparator);
    }
    return all.toString();
  }
}
