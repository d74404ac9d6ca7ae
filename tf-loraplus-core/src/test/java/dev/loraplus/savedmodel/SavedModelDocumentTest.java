package dev.loraplus.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.gradient.MissingGradients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page on SavedModels says what is compiled and run here. */
class SavedModelDocumentTest {
  private static final Pattern BLOCK =
      Pattern.compile(
          "// docs/savedmodel.md: start\n(.*?)\n *// docs/savedmodel.md: end", Pattern.DOTALL);
  private static final Pattern IN_PAGE = Pattern.compile("```java\n(.*?\n)```", Pattern.DOTALL);

  @TempDir private Path out;

  @Test
  void theExamplesRun() {
    CorpusModel corpus = CorpusModel.of("transformer");

    SavedModelExample.look(corpus.directory());
    double loss =
        SavedModelExample.train(
            corpus.directory(), Collections.nCopies(4, CorpusTuning.batch(corpus)), out);

    assertThat(loss).isLessThan(corpus.loss());
    assertThat(SavedModelExample.serve(out.resolve("merged"))).isFinite();
    assertThat(out.resolve("adapter").resolve("adapter_model.safetensors")).exists();
    assertThat(out.resolve("trainable").resolve("saved_model.pb")).exists();
  }

  @Test
  void thePageHoldsTheExamplesAndNoOthers() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/dev/loraplus/savedmodel/SavedModelExample.java"));
    List<String> examples =
        BLOCK.matcher(source).results().map(each -> each.group(1).stripIndent() + "\n").toList();

    List<String> blocks =
        IN_PAGE.matcher(page()).results().map(MatchResult::group).map(String::strip).toList();

    assertThat(blocks)
        .containsExactlyElementsOf(
            examples.stream().map(example -> "```java\n" + example + "```").toList());
  }

  @Test
  void thePageNamesEveryGradientThatIsAdded() throws IOException {
    assertThat(page())
        .contains(MissingGradients.opTypes().stream().map(type -> "`" + type + "`").toList());
  }

  private static String page() throws IOException {
    return Files.readString(Path.of("..", "docs", "savedmodel.md"));
  }
}
