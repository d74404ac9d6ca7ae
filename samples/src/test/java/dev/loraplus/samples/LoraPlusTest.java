package dev.loraplus.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.weights.WeightException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class LoraPlusTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void helpSaysHowAndExitsWithZero() {
    assertThat(execute(() -> 0, "--help")).isZero();

    assertThat(out.toString())
        .contains("Usage: loraplus")
        .contains("1   failed")
        .contains("--verbose");
  }

  @Test
  void versionExitsWithZero() {
    assertThat(execute(() -> 0, "--version")).isZero();

    assertThat(out.toString()).startsWith("loraplus ");
  }

  @Test
  void noCommandAndUnknownOptionsAreWrongUsage() {
    assertThat(execute(() -> 0)).isEqualTo(2);
    assertThat(err.toString()).contains("Missing required subcommand");
    assertThat(execute(() -> 0, "act", "--ranc")).isEqualTo(2);
    assertThat(err.toString()).contains("--ranc");
  }

  @Test
  void aFaultOfTheUserIsOneLineAndExitsWithOne() {
    int code =
        execute(
            () -> {
              throw new ConfigurationException("rank must be at least 1, not 0");
            },
            "act");

    assertThat(code).isEqualTo(1);
    assertThat(err.toString()).isEqualToIgnoringNewLines("error: rank must be at least 1, not 0");
  }

  @Test
  void anUnexpectedExceptionIsNamed() {
    int code =
        execute(
            () -> {
              throw new ArithmeticException("/ by zero");
            },
            "act");

    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToIgnoringNewLines(
            "error: java.lang.ArithmeticException: / by zero (--verbose shows where)");
  }

  @Test
  void anErrorOfTheMachineIsReportedLikeAFailure() {
    int code =
        execute(
            () -> {
              throw new UnsatisfiedLinkError("no tensorflow");
            },
            "act");

    assertThat(code).isEqualTo(1);
    assertThat(err.toString())
        .startsWith("error: ")
        .contains("no tensorflow")
        .doesNotContain("at ");
  }

  @Test
  void verboseShowsTheStackTraceAlsoAfterTheCommand() {
    int code =
        execute(
            () -> {
              throw new WeightException("model.safetensors is cut off");
            },
            "act",
            "-v");

    assertThat(code).isEqualTo(1);
    assertThat(err.toString()).contains("model.safetensors is cut off").contains("\tat ");
  }

  private int execute(Callable<Integer> action, String... arguments) {
    CommandLine commandLine = LoraPlus.commandLine(LoraPlus.create());
    commandLine.addSubcommand(new Act(action));
    // Streams go to the subcommands there are.
    commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return LoraPlus.execute(commandLine, arguments);
  }

  @Command(name = "act")
  private record Act(Callable<Integer> action) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      return action.call();
    }
  }
}
