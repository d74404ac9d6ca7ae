package dev.loraplus.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.fixture.TinyBert;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages on SavedModels say what is compiled and run here. */
class SavedModelDocumentTest {
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
  void theExamplesOfANetworkRun() {
    try (AdaptedModel model = TinyBert.model(TinyBert.queryAndValue())) {
      SavedModelExample.exportNetwork(model, TinyBert.TASK, out);
    }

    assertThat(SavedModelExample.serveNetwork(out.resolve("separate"))).isFinite();
    assertThat(out.resolve("merged").resolve("saved_model.pb")).exists();
    assertThat(out.resolve("trainable").resolve("saved_model.pb")).exists();
  }

  @ParameterizedTest
  @ValueSource(strings = {"savedmodel.md", "keras-cookbook.md"})
  void thePagesHoldTheExamplesAndNoOthers(String name) throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/dev/loraplus/savedmodel/SavedModelExample.java"));
    String mark = "// docs/" + name + ": ";
    Pattern block = Pattern.compile(mark + "start\n(.*?)\n *" + mark + "end", Pattern.DOTALL);
    List<String> examples =
        block.matcher(source).results().map(each -> each.group(1).stripIndent() + "\n").toList();

    List<String> blocks =
        IN_PAGE.matcher(page(name)).results().map(MatchResult::group).map(String::strip).toList();

    assertThat(blocks)
        .isNotEmpty()
        .containsExactlyElementsOf(
            examples.stream().map(example -> "```java\n" + example + "```").toList());
  }

  @Test
  void thePageNamesEveryGradientThatIsAdded() throws IOException {
    assertThat(page("savedmodel.md"))
        .contains(MissingGradients.opTypes().stream().map(type -> "`" + type + "`").toList());
  }

  private static String page(String name) throws IOException {
    return Files.readString(Path.of("..", "docs", name));
  }
}
