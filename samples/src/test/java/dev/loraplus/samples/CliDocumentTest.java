package dev.loraplus.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** docs/cli.md, README.md and the commands agree. */
class CliDocumentTest {
  private static final Pattern OPTION = Pattern.compile("--[a-z][a-z-]*");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|\\S+");
  private static final String RUN = "java -jar samples/target/loraplus.jar ";
  private static final Set<String> COMMANDS =
      Set.of("finetune", "plan", "evaluate", "predict", "generate", "merge");
  private static final Set<String> EXPERIMENTS = Set.of("e2e", "commonsense");
  private static final Set<String> STANDARD = Set.of("--help", "--version", "--verbose");

  @Test
  void everyExampleIsACommandWithOptionsThatItHas() throws IOException {
    List<String> examples =
        (document() + "\n" + readme())
            .replace("\\\n", " ")
            .lines()
            .filter(line -> line.contains(RUN) && !line.contains("`"))
            .toList();

    assertThat(examples).hasSizeGreaterThan(9).anyMatch(example -> example.contains("quickstart"));
    for (String example : examples) {
      String[] words =
          WORD.matcher(example.substring(example.indexOf(RUN) + RUN.length()))
              .results()
              .map(word -> word.group(1) == null ? word.group() : word.group(1))
              .toArray(String[]::new);
      assertThatCode(() -> LoraPlus.commandLine(LoraPlus.create()).parseArgs(words))
          .as(example)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void theTablesHaveEveryOptionAndNoOther() throws IOException {
    Set<String> documented =
        document()
            .lines()
            .filter(line -> line.startsWith("| `--"))
            .flatMap(line -> OPTION.matcher(line).results().map(MatchResult::group))
            .collect(Collectors.toCollection(TreeSet::new));

    Set<String> options = new TreeSet<>(Set.of("--no-header"));
    CommandLine root = LoraPlus.commandLine(LoraPlus.create());
    Map<String, CommandLine> experiments =
        Objects.requireNonNull(root.getSubcommands().get("paper")).getSubcommands();
    Stream.concat(
            root.getSubcommands().entrySet().stream()
                .filter(entry -> COMMANDS.contains(entry.getKey())),
            experiments.entrySet().stream().filter(entry -> EXPERIMENTS.contains(entry.getKey())))
        .flatMap(entry -> entry.getValue().getCommandSpec().options().stream())
        .forEach(option -> options.add(option.longestName()));
    options.removeAll(STANDARD);

    assertThat(documented).isEqualTo(options);
  }

  private static String document() throws IOException {
    return Files.readString(Path.of("..", "docs", "cli.md"));
  }

  private static String readme() throws IOException {
    return Files.readString(Path.of("..", "README.md"));
  }
}
