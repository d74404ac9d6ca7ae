package dev.loraplus.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.fixture.ModelDirectory;
import dev.loraplus.training.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page on serving says what is compiled and run here. */
class ServingDocumentTest {
  private static final String START = "// docs/serving.md: start\n";
  private static final String END = "\n    // docs/serving.md: end";

  @TempDir private Path directory;

  @Test
  void theExampleRuns() {
    Path model = ModelDirectory.createWithoutHead(directory.resolve("model"), 0);
    Task task = new Task.Classification(List.of("negative", "positive"), Pooling.CLS_POOLER);
    LoraConfig lora = LoraConfig.of(2, 4, TargetModules.named("query"));
    Path films = Served.random(model, task, lora, 1, directory.resolve("films"));
    Path books = Served.random(model, task, lora, 2, directory.resolve("books"));

    List<Prediction> predictions = ServingExample.run(model, films, books);

    assertThat(predictions)
        .singleElement()
        .isInstanceOfSatisfying(
            Prediction.Classes.class,
            classes ->
                assertThat(classes.candidates())
                    .singleElement()
                    .satisfies(best -> assertThat(best.name()).isIn("negative", "positive")));
  }

  @Test
  void thePageHoldsTheExample() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/dev/loraplus/serving/ServingExample.java"));
    String example = source.substring(source.indexOf(START) + START.length(), source.indexOf(END));

    assertThat(Files.readString(Path.of("..", "docs", "serving.md")))
        .contains("```java\n" + example.stripIndent() + "\n```\n");
  }
}
