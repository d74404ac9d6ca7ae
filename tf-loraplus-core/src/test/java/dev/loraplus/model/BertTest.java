package dev.loraplus.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.fixture.ModelDirectory;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.SafetensorsBytes;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.fixture.Tokens;
import dev.loraplus.weights.WeightException;
import dev.loraplus.weights.WeightSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

final class BertTest {
  private static final Task MEAN = new Task.Classification(TinyBert.TASK.labels(), Pooling.MEAN);

  private final Path directory;

  BertTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @ParameterizedTest
  @CsvSource({"masked_lm", "regression"})
  void headsGiveTheLogitsOfTransformers(String name) {
    // given: made by model_heads.py
    Path stored = TinyBert.resource("/dev/loraplus/model/" + name);
    SafetensorsBytes expected = SafetensorsBytes.read(stored.resolve("expected.safetensors"));
    Tokens tokens =
        new Tokens(
            3,
            expected.ints("input_ids"),
            expected.ints("attention_mask"),
            expected.ints("token_type_ids"));
    Task task =
        name.equals("masked_lm")
            ? new Task.MaskedLanguageModel()
            : new Task.Regression(Pooling.CLS_POOLER);

    try (AdaptedModel model = build(stored, task)) {
      // when
      float[] logits = tokens.logits(model);

      // then
      assertThat(model.weights().fresh()).isEmpty();
      assertThat(Numbers.relativeError(logits, expected.floats("logits"))).isLessThan(1e-5);
    }
  }

  @Test
  void paddingToALongerBucketChangesNothing() {
    for (Task task : List.of(TinyBert.TASK, MEAN)) {
      try (AdaptedModel model = build(TinyBert.directory(), task)) {
        // given
        float[] expected = TinyBert.tokens().logits(model);

        // when: the ids of padding are arbitrary
        float[] zeros = TinyBert.tokens().padded(16, 0).logits(model);
        float[] others = TinyBert.tokens().padded(16, 39).logits(model);

        // then
        assertThat(Numbers.largestError(zeros, expected)).isLessThan(1e-6);
        assertThat(Numbers.largestError(others, expected)).isLessThan(1e-6);
      }
    }
  }

  @Test
  void segmentsAndHiddenTokensMatter() {
    try (AdaptedModel model = build(TinyBert.directory(), TinyBert.TASK)) {
      // given
      Tokens tokens = TinyBert.tokens();
      float[] expected = tokens.logits(model);
      int[] ones = new int[tokens.ids().length];
      Arrays.fill(ones, 1);

      // when
      float[] otherSegment =
          new Tokens(tokens.rows(), tokens.ids(), tokens.mask(), ones).logits(model);
      float[] paddingAsText =
          new Tokens(tokens.rows(), tokens.ids(), ones, tokens.types()).logits(model);

      // then
      assertThat(Numbers.largestError(otherSegment, expected)).isGreaterThan(1e-2);
      assertThat(Numbers.largestError(paddingAsText, expected)).isGreaterThan(1e-3);
    }
  }

  @Test
  void meanPoolingIsTheMeanOfTheHiddenStatesOfTokens() {
    try (AdaptedModel model = build(TinyBert.directory(), MEAN)) {
      // given
      Tokens tokens = TinyBert.tokens();
      float[] hidden = tokens.run(model, model.outputs().hidden());
      SafetensorsBytes weights =
          SafetensorsBytes.read(TinyBert.directory().resolve("model.safetensors"));

      // when
      float[] logits = tokens.logits(model);

      // then
      float[] expected =
          classify(
              mean(hidden, tokens),
              weights.floats("classifier.weight"),
              weights.floats("classifier.bias"));
      assertThat(Numbers.largestError(logits, expected)).isLessThan(1e-5);
    }
  }

  /** Means over the tokens of each row, [rows, 16]. */
  private static float[] mean(float[] hidden, Tokens tokens) {
    int features = 16;
    float[] means = new float[tokens.rows() * features];
    for (int row = 0; row < tokens.rows(); row++) {
      int start = row * tokens.length();
      int count = Arrays.stream(tokens.mask(), start, start + tokens.length()).sum();
      for (int position = start; position < start + tokens.length(); position++) {
        for (int j = 0; j < features; j++) {
          means[row * features + j] +=
              tokens.mask()[position] * hidden[position * features + j] / count;
        }
      }
    }
    return means;
  }

  /** x W^T + b. */
  private static float[] classify(float[] x, float[] weight, float[] bias) {
    int features = weight.length / bias.length;
    float[] logits = new float[x.length / features * bias.length];
    for (int i = 0; i < logits.length; i++) {
      int row = i / bias.length;
      int label = i % bias.length;
      double sum = bias[label];
      for (int j = 0; j < features; j++) {
        sum += (double) x[row * features + j] * weight[label * features + j];
      }
      logits[i] = (float) sum;
    }
    return logits;
  }

  @Test
  void dropoutDependsOnSeedAndStepAlone() {
    // given
    Path stored = ModelDirectory.create(directory.resolve("base"), 0.3);
    Tokens tokens = TinyBert.tokens();
    float[] first;
    try (AdaptedModel model = build(stored, TinyBert.TASK)) {
      Operand<TFloat32> logits = model.trainingPass(model.inputs()).logits();

      // when
      first = tokens.run(model, logits, 4, 2);

      // then
      assertThat(tokens.run(model, logits, 4, 2)).isEqualTo(first);
      assertThat(tokens.run(model, logits, 5, 2)).isNotEqualTo(first);
      assertThat(tokens.run(model, logits, 4, 3)).isNotEqualTo(first);
      assertThat(tokens.logits(model)).isNotEqualTo(first);
    }
    // Other adapters, here without effect yet, leave the masks of the other places alone.
    try (AdaptedModel model =
        AdaptedModel.build(
            Architectures.read(stored, TinyBert.TASK),
            WeightSource.open(stored),
            LoraConfig.of(1, 1, TargetModules.allLinear()),
            0)) {
      float[] again = tokens.run(model, model.trainingPass(model.inputs()).logits(), 4, 2);
      assertThat(Numbers.largestError(again, first)).isLessThan(1e-6);
    }
  }

  @Test
  void dropoutKeepsTheMean() {
    // given
    Path stored = ModelDirectory.create(directory.resolve("base"), 0.3);
    Tokens tokens = TinyBert.tokens();
    try (AdaptedModel model = build(stored, TinyBert.TASK)) {
      Layers layers =
          Layers.training(
              Products.exact(model.tf().withSubScope("check")),
              model.architecture(),
              model.weights(),
              Adaptation.NONE,
              model.inputs());
      Operand<TFloat32> ones = model.tf().constant(ones(100_000));

      // when
      float[] dropped = tokens.run(model, layers.dropout(ones, 0.3, "site"), 1, 1);
      float[] elsewhere = tokens.run(model, layers.dropout(ones, 0.3, "other"), 1, 1);

      // then
      List<Float> values = new ArrayList<>();
      double sum = 0;
      for (float value : dropped) {
        sum += value;
        if (!values.contains(value)) {
          values.add(value);
        }
      }
      assertThat(values).containsExactlyInAnyOrder(0f, (float) (1 / 0.7));
      // the standard error of the mean is 0.002
      assertThat(sum / dropped.length).isBetween(0.99, 1.01);
      assertThat(elsewhere).isNotEqualTo(dropped);
    }
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model_type | \"t5\" | model_type 't5' is not supported; supported: bert, roberta,",
        "hidden_act | \"mish\" | 'hidden_act' must be one of gelu, gelu_new, gelu_pytorch_tanh, relu,"
            + " silu, got \"mish\"",
        "num_attention_heads | 5 | num_attention_heads: must divide hidden_size 16, got 5",
        "hidden_dropout_prob | 1.0 | 'hidden_dropout_prob' must be in [0, 1), got 1.0",
        "position_embedding_type | \"relative_key\" | must be absolute, got \"relative_key\"",
        "is_decoder | true | 'is_decoder' must be false",
        "vocab_size | \"many\" | 'vocab_size' must be an integer of at least 1, got \"many\"",
      })
  void aConfigurationThatCannotBeBuiltIsNamed(String key, String value, String message)
      throws IOException {
    // given
    ObjectMapper json = new ObjectMapper();
    ObjectNode config =
        (ObjectNode) json.readTree(TinyBert.directory().resolve("config.json").toFile());
    config.set(key, json.readTree(value));
    Files.writeString(directory.resolve("config.json"), config.toString());

    // when, then
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Architectures.read(directory, TinyBert.TASK))
        .satisfies(e -> assertThat(e.getMessage()).contains(message).hasLineCount(1));
  }

  @Test
  void weightsThatDoNotFitAreAllNamed() {
    assertThatExceptionOfType(WeightException.class)
        .isThrownBy(() -> build(TinyBert.directory(), new Task.Regression(Pooling.CLS_POOLER)))
        .withMessageContaining(
            "the tensor 'classifier.weight' must have the shape [1, 16], got [3, 16]; the tensor"
                + " 'classifier.bias' must have the shape [1], got [3]");
    assertThatExceptionOfType(WeightException.class)
        .isThrownBy(
            () ->
                AdaptedModel.build(
                    TinyBert.architecture(),
                    WeightSource.open(TinyBert.resource("/weights/mixed.safetensors")),
                    TinyBert.queryAndValue(),
                    0))
        .withMessageContaining("'bert.embeddings.word_embeddings.weight' is missing");
  }

  @Test
  void aFreshHeadThatWouldStayRandomIsRefused() {
    // given
    Path bare = TinyBert.resource("/weights/single");
    LoraConfig lora = LoraConfig.of(1, 1, TargetModules.named("query"));
    LoraConfig untrained =
        new LoraConfig(
            1,
            1,
            0,
            lora.targets(),
            lora.excludes(),
            lora.layers(),
            lora.patterns(),
            lora.bias(),
            Optional.of(List.of()),
            lora.init(),
            lora.variant(),
            false);

    // when, then
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(
            () ->
                AdaptedModel.build(
                    Architectures.read(bare, TinyBert.TASK), WeightSource.open(bare), untrained, 0))
        .withMessageContaining("classifier.weight")
        .withMessageContaining("add their module to modulesToSave");
  }

  private static AdaptedModel build(Path stored, Task task) {
    return AdaptedModel.build(
        Architectures.read(stored, task),
        WeightSource.open(stored),
        LoraConfig.of(1, 1, TargetModules.named("query")),
        0);
  }
}
