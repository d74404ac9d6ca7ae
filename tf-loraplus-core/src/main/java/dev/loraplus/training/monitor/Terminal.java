package dev.loraplus.training.monitor;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import org.jspecify.annotations.Nullable;

/** Whether a person looks at standard error, and through how wide a window. */
final class Terminal {
  private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

  private Terminal() {}

  static boolean showsStandardError() {
    return isConsole(System.console())
        && !"dumb".equals(System.getenv("TERM"))
        && !isRedirected(STANDARD_ERROR);
  }

  static int columns(PrintStream out) {
    return new ConsoleProgressBarConsumer(out).getMaxRenderedLength();
  }

  /** Since Java 22 there is a Console without a terminal, too, and a method that tells. */
  private static boolean isConsole(@Nullable Console console) {
    if (console == null) {
      return false;
    }
    try {
      return Boolean.TRUE.equals(Console.class.getMethod("isTerminal").invoke(console));
    } catch (ReflectiveOperationException e) {
      return true; // before Java 22: a Console is a terminal
    }
  }

  /** The Console covers standard input and output only; Linux tells about standard error. */
  private static boolean isRedirected(Path descriptor) {
    if (!Files.isSymbolicLink(descriptor)) {
      return false;
    }
    try {
      return !Files.readSymbolicLink(descriptor).startsWith("/dev");
    } catch (IOException e) {
      return false;
    }
  }
}
