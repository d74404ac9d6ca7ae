package dev.loraplus.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.adapter.AdaptedModel;
import dev.loraplus.config.LoraConfig;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.TargetModules;
import dev.loraplus.config.Task;
import dev.loraplus.data.tokenizer.Encoding;
import dev.loraplus.data.tokenizer.TextTokenizer;
import dev.loraplus.model.Architectures;
import dev.loraplus.weights.WeightSource;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** MiniLM against ONNX Runtime on the same file; {@code minilm_hidden.py} made the numbers. */
class MiniLmTest {
  private static final int PADDED = 32;

  private static final List<String> SENTENCES =
      List.of(
          "a small domesticated carnivorous mammal",
          "the act of moving from one place to another",
          "Paris is the capital of France.",
          "He said: 'no way!'",
          "naïve café résumé",
          "x",
          "supercalifragilisticexpialidocious",
          "1234567890 + 3.14 = ?",
          "the quick brown fox jumps over the lazy dog",
          "an unusually long definition that goes on and on, with several clauses, to fill a"
              + " bucket");

  @Test
  void tokenOutputsAreThoseOfOnnxRuntime() throws URISyntaxException {
    // given
    Path directory = BundledModels.onClassPath().miniLm();
    Task task = new Task.Classification(List.of("no", "yes"), Pooling.MEAN);
    LoraConfig lora = LoraConfig.of(1, 1, TargetModules.named("query"));
    Path expected = Path.of(MiniLmTest.class.getResource("minilm_hidden.safetensors").toURI());
    try (AdaptedModel model =
            AdaptedModel.build(
                Architectures.read(directory, task), WeightSource.open(directory), lora, 0);
        TextTokenizer tokenizer = TextTokenizer.load(directory);
        WeightSource reference = WeightSource.open(expected)) {
      for (int i = 0; i < SENTENCES.size(); i++) {
        // when
        Encoding encoding = tokenizer.encode(SENTENCES.get(i), PADDED);
        double worst;
        try (TFloat32 wanted = reference.read(Integer.toString(i))) {
          assertThat(wanted.shape().get(0)).isEqualTo(encoding.length());
          worst = worstDifference(model, encoding, wanted);
        }
        // then
        assertThat(worst).as(SENTENCES.get(i)).isLessThan(1e-5);
      }
    }
  }

  /** Runs the sentence padded, so that the mask counts, and compares its tokens. */
  private static double worstDifference(AdaptedModel model, Encoding encoding, TFloat32 wanted) {
    int[] ids = Arrays.copyOf(encoding.ids(), PADDED);
    int[] mask = new int[PADDED];
    Arrays.fill(mask, 0, encoding.length(), 1);
    Shape shape = Shape.of(1, PADDED);
    try (TInt32 idTensor = TInt32.tensorOf(shape, DataBuffers.of(ids));
        TInt32 maskTensor = TInt32.tensorOf(shape, DataBuffers.of(mask));
        TInt32 typeTensor = TInt32.tensorOf(shape, DataBuffers.of(new int[PADDED]));
        Result result =
            model
                .session()
                .runner()
                .feed(model.inputs().ids(), idTensor)
                .feed(model.inputs().mask(), maskTensor)
                .feed(model.inputs().typeIds(), typeTensor)
                .fetch(model.outputs().hidden())
                .run()) {
      TFloat32 hidden = (TFloat32) result.get(0);
      double worst = 0;
      for (int token = 0; token < encoding.length(); token++) {
        for (int j = 0; j < wanted.shape().get(1); j++) {
          double difference = hidden.getFloat(0, token, j) - wanted.getFloat(token, j);
          worst = Math.max(worst, Math.abs(difference));
        }
      }
      return worst;
    }
  }
}
