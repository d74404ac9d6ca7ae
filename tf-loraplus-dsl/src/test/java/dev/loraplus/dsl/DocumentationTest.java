package dev.loraplus.dsl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.loraplus.config.FineTuningConfig;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DocumentationTest {
  private static final Path THIS =
      Path.of("src", "test", "java", "dev", "loraplus", "dsl", "DocumentationTest.java");

  @Test
  void theJavaExampleRuns() {
    // docs/dsl.md: start
    FineTuningConfig config =
        LoraPlus.fineTuning()
            .classification("negative", "positive")
            .lora(l -> l.rank(8).alpha(16).dropout(0.05).targets("query", "value"))
            .loraPlus(o -> o.learningRate(2e-4).ratio(4).weightDecay(0.01).maxGradNorm(1.0))
            .training(t -> t.epochs(3).batchSize(32).evaluateEvery(100).keepBest("accuracy"))
            .build();
    // docs/dsl.md: end

    assertThat(config.lora().alpha()).isEqualTo(16);
    assertThat(config.optimizer().ratio()).isEqualTo(4);
    assertThat(config.training().evaluation().metric()).contains("accuracy");
  }

  @Test
  void thePageHasTheJavaExample() {
    assertThat(Documentation.page()).contains(Documentation.block("java", THIS));
  }

  @Test
  void thePageHasTheMessageOfTheseFaults() {
    FineTuningBuilder builder =
        LoraPlus.fineTuning()
            .classification("negative", "positive")
            .lora(l -> l.dropout(1.0).targets("query", "value"))
            .loraPlus(o -> o.learningRate(2e-4).ratio(0.5))
            .training(t -> t.epochs(3).steps(500));

    assertThatThrownBy(builder::build)
        .satisfies(e -> assertThat(Documentation.page()).contains("\n" + e.getMessage() + "\n"));
  }

  @Test
  void thePageHasEveryOption() {
    Set<String> notOptions = Set.of("lora", "loraPlus", "training", "build");
    List<String> missing =
        Stream.of(
                FineTuningBuilder.class,
                LoraBuilder.class,
                OptimizerBuilder.class,
                TrainingBuilder.class)
            .flatMap(builder -> Arrays.stream(builder.getDeclaredMethods()))
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .map(Method::getName)
            .distinct()
            .filter(name -> !notOptions.contains(name))
            .filter(name -> !Documentation.page().contains("`" + name + "("))
            .collect(Collectors.toList());

    assertThat(missing).isEmpty();
  }
}
