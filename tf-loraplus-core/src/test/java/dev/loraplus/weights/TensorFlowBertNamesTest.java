package dev.loraplus.weights;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorFlowBertNamesTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          module/bert/encoder/layer_0/attention/self/query/kernel, 2, bert.encoder.layer.0.attention.self.query.weight, true
          module/bert/encoder/layer_11/attention/output/dense/bias, 1, bert.encoder.layer.11.attention.output.dense.bias, false
          bert/encoder/layer_3/output/LayerNorm/gamma, 1, bert.encoder.layer.3.output.LayerNorm.weight, false
          bert/encoder/layer_3/output/LayerNorm/beta, 1, bert.encoder.layer.3.output.LayerNorm.bias, false
          bert/embeddings/word_embeddings, 2, bert.embeddings.word_embeddings.weight, false
          a/b/bert/embeddings/position_embeddings, 2, bert.embeddings.position_embeddings.weight, false
          bert/embeddings/token_type_embeddings, 2, bert.embeddings.token_type_embeddings.weight, false
          bert/embeddings/LayerNorm/gamma, 1, bert.embeddings.LayerNorm.weight, false
          bert/pooler/dense/kernel, 2, bert.pooler.dense.weight, true
          module/cls/predictions/transform/dense/kernel, 2, cls.predictions.transform.dense.weight, true
          cls/predictions/transform/LayerNorm/gamma, 1, cls.predictions.transform.LayerNorm.weight, false
          module/cls/predictions/output_bias, 1, cls.predictions.bias, false
          cls/seq_relationship/output_weights, 2, cls.seq_relationship.weight, false
          cls/seq_relationship/output_bias, 1, cls.seq_relationship.bias, false
          output_weights, 2, classifier.weight, false
          loss/output_bias, 1, classifier.bias, false
          bert/encoder/layer_0/attention/self/query/kernel, 3, bert/encoder/layer_0/attention/self/query/kernel, false
          bert/encoder/layer_0/attention/self/query/kernel/adam_m, 2, bert/encoder/layer_0/attention/self/query/kernel/adam_m, false
          global_step, 0, global_step, false
          albert/embeddings/word_embeddings, 2, albert/embeddings/word_embeddings, false
          """)
  void variablesHaveTheNamesOfHuggingFace(
      String variable, int rank, String name, boolean transposed) {
    assertThat(TensorFlowBertNames.of(variable, rank))
        .isEqualTo(new TensorFlowBertNames.Name(name, transposed));
  }
}
