package dev.loraplus.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.loraplus.config.Task;
import dev.loraplus.model.Architectures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepWorkTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theMatrixOfTheLogitsCountsOnceWhetherItIsTiedOrNot(boolean tied, @TempDir Path directory)
      throws IOException {
    // given
    Files.writeString(
        directory.resolve("config.json"),
        """
        {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 10,
         "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 2,
         "num_attention_heads": 2, "num_key_value_heads": 1, "max_position_embeddings": 32,
         "rms_norm_eps": 1e-5, "hidden_act": "silu", "rope_theta": 10000.0,
         "tie_word_embeddings": %s}
        """
            .formatted(tied));

    // when
    double flops = StepWork.of(Architectures.read(directory, new Task.CausalLanguageModel()), 3, 4);

    // then: q, k, v, o, then gate, up and down, of each layer; the logits; attention
    double weights = 2 * (8 * 8 + 8 * 4 + 8 * 4 + 8 * 8 + 3 * 8 * 16) + 8 * 10;
    double attention = 2 * 2 * 8 * 4;
    assertThat(flops).isEqualTo(2 * 12 * (2 * weights + 3 * attention));
  }
}
