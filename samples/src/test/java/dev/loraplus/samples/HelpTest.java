package dev.loraplus.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** picocli takes descriptions for formats, and warns on standard error of what it cannot format. */
class HelpTest {
  static Stream<String> commands() {
    return all("", LoraPlus.commandLine(LoraPlus.create()));
  }

  private static Stream<String> all(String path, CommandLine command) {
    return Stream.concat(
        Stream.of(path),
        command.getSubcommands().entrySet().stream()
            .flatMap(entry -> all(path + " " + entry.getKey(), entry.getValue())));
  }

  @ParameterizedTest(name = "loraplus{0}")
  @MethodSource("commands")
  void everyHelpIsPrintedWithoutAWarning(String path) {
    CommandLine command = LoraPlus.commandLine(LoraPlus.create());
    for (String name : path.strip().split(" ", -1)) {
      command =
          name.isEmpty() ? command : Objects.requireNonNull(command.getSubcommands().get(name));
    }
    ByteArrayOutputStream warnings = new ByteArrayOutputStream();
    PrintStream standardError = System.err;
    String help;
    try {
      System.setErr(new PrintStream(warnings, true, StandardCharsets.UTF_8));
      help = command.getUsageMessage();
    } finally {
      System.setErr(standardError);
    }

    assertThat(warnings.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(help).contains("Usage: ").doesNotContain("%%", "%n", "${");
  }
}
