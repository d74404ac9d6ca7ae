package dev.loraplus.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.FineTuning;
import dev.loraplus.adapter.LoraLinear;
import dev.loraplus.adapter.LoraSettings;
import dev.loraplus.config.FineTuningConfig;
import dev.loraplus.config.OptimizerConfig;
import dev.loraplus.data.Dataset;
import dev.loraplus.data.Example;
import dev.loraplus.dsl.LoraPlus;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.optimizer.LoraPlusOptimizer;
import dev.loraplus.samples.command.TinyBert;
import dev.loraplus.training.monitor.ProgressBarListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The Java of README.md is this code, which runs here. */
class ReadmeTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("( *)// README.md: start\n(.*?)\n *// README.md: end", Pattern.DOTALL);
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)\n```", Pattern.DOTALL);

  @Test
  void theRunSavesAnAdapter(@TempDir Path root) throws IOException {
    Path modelDirectory = TinyBert.createHeadless(root.resolve("model"));
    Path adapterDirectory = root.resolve("adapter");
    Dataset training =
        Dataset.of(
            List.of(
                Example.labelled("good film", "positive"),
                Example.labelled("bad film", "negative")));
    Dataset development = training;
    // README.md: start
    FineTuningConfig config =
        LoraPlus.fineTuning()
            .classification("negative", "positive")
            .lora(l -> l.rank(8).alpha(16).dropout(0.05).targets("query", "value"))
            .loraPlus(o -> o.learningRate(2e-4).ratio(4).weightDecay(0.01).maxGradNorm(1.0))
            .training(t -> t.epochs(3).batchSize(32).evaluateEvery(100).keepBest("accuracy"))
            .build();
    try (FineTuning run =
        FineTuning.prepare(modelDirectory, config, training, Optional.of(development))) {
      System.out.println(run.plan().render());
      run.train(ProgressBarListener.onStandardError());
      run.saveAdapter(adapterDirectory);
    }
    // README.md: end

    assertThat(adapterDirectory).isDirectoryContaining("glob:**/adapter_model.safetensors");
  }

  @Test
  void theAdapterOfOneProductTrains() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> ones = tf.fill(tf.array(2, 768), tf.constant(1f));
      Operand<TFloat32> x = ones;
      Operand<TFloat32> y = ones;
      Operand<TFloat32> w0 = tf.fill(tf.array(768, 768), tf.constant(0.001f));
      // README.md: start
      VariableStore store = new VariableStore(tf);
      LoraLinear lora = LoraLinear.create(store, "decoder.query", 768, 768, LoraSettings.of(8, 16));
      Operand<TFloat32> h = lora.apply(tf, x, tf.linalg.matMul(x, w0));
      Operand<TFloat32> loss = tf.math.mean(tf.math.squaredDifference(h, y), tf.array(0, 1));
      OptimizerConfig config = OptimizerConfig.of(1e-4, 16);
      Op train = new LoraPlusOptimizer(graph, config, lora.parameters()).minimize(loss);
      Session session = new Session(graph);
      lora.initialize(session, 42);
      session.runner().addTarget(train).run().close(); // a step
      // README.md: end

      // B starts at 0: (0.768 - 1)^2 before the step
      assertThat(value(session, loss)).isBetween(0f, 0.0538f);
      session.close();
    }
  }

  @Test
  void theBlocksAreTheseExamples() throws IOException {
    String source = Files.readString(Path.of("src/test/java/dev/loraplus/samples/ReadmeTest.java"));
    String readme = Files.readString(Path.of("..", "README.md"));
    List<String> examples =
        EXAMPLE.matcher(source).results().map(m -> m.group(2).stripIndent()).toList();

    assertThat(BLOCK.matcher(readme).results().map(m -> m.group(1))).isEqualTo(examples);
  }

  private static float value(Session session, Operand<TFloat32> loss) {
    try (var result = session.runner().fetch(loss).run()) {
      return ((TFloat32) result.get(0)).getFloat();
    }
  }
}
