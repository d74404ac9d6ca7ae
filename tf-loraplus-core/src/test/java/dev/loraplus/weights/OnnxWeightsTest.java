package dev.loraplus.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TFloat32;

class OnnxWeightsTest {
  private static final float[] KERNEL = {0, 0.5f, 1, 1.5f, 2, 2.5f};

  @Test
  void anExportedBertHoldsTheWeightsOfItsCheckpoint() {
    try (WeightSource onnx = WeightSource.open(Fixtures.path("bert.onnx"));
        WeightSource checkpoint = WeightSource.open(Fixtures.path("single"))) {
      assertThat(onnx.tensors()).containsOnlyKeys(checkpoint.tensors().keySet());
      checkpoint
          .tensors()
          .forEach(
              (name, expected) -> {
                StoredTensor actual = Fixtures.tensor(onnx, name);
                assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
                assertThat(Fixtures.readCanonical(onnx, actual))
                    .as(name)
                    .isEqualTo(Fixtures.read(checkpoint, name));
              });
    }
  }

  @Test
  void onlyProductsWithTheTensorItselfStoreItTransposed() {
    try (WeightSource onnx = WeightSource.open(Fixtures.path("bert.onnx"))) {
      // The exporter folds the transposition for MatMul and uses transB for Gemm.
      StoredTensor intermediate =
          Fixtures.tensor(onnx, "encoder.layer.0.intermediate.dense.weight");
      assertThat(intermediate.transposed()).isTrue();
      assertThat(intermediate.shape()).isEqualTo(Shape.of(6, 4));
      try (TFloat32 stored = onnx.read(intermediate.name())) {
        assertThat(stored.shape()).isEqualTo(Shape.of(4, 6));
      }
      assertThat(Fixtures.tensor(onnx, "pooler.dense.weight").transposed()).isFalse();
      assertThat(Fixtures.tensor(onnx, "embeddings.word_embeddings.weight").transposed()).isFalse();
    }
  }

  @Test
  void everyFormOfInitialiserIsNamedAndRead() {
    try (WeightSource onnx = WeightSource.open(Fixtures.path("small.onnx"))) {
      assertThat(onnx.tensors().values())
          .containsExactly(
              new StoredTensor("block.up.weight", NumberType.F32, Shape.of(3, 2), true),
              new StoredTensor("block.down.weight", NumberType.F32, Shape.of(2, 3), false),
              new StoredTensor("block.down.bias", NumberType.F32, Shape.of(2), false),
              new StoredTensor("named.weight", NumberType.F32, Shape.of(3, 2), true),
              new StoredTensor("half", NumberType.F16, Shape.of(2, 3), true),
              new StoredTensor("onnx::Div_10", NumberType.F32, Shape.scalar(), false));
      assertThat(Fixtures.read(onnx, "block.up.weight")).isEqualTo(KERNEL);
      assertThat(Fixtures.read(onnx, "block.down.weight")).isEqualTo(KERNEL);
      assertThat(Fixtures.read(onnx, "block.down.bias")).containsExactly(0.25f, -8);
      assertThat(Fixtures.read(onnx, "named.weight")).isEqualTo(KERNEL);
      assertThat(Fixtures.readCanonical(onnx, Fixtures.tensor(onnx, "half"))).isEqualTo(KERNEL);
      assertThat(Fixtures.read(onnx, "onnx::Div_10")).containsExactly(3);
    }
  }

  @Test
  void integersAreNoWeights() {
    try (WeightSource onnx = WeightSource.open(Fixtures.path("small.onnx"))) {
      assertThatThrownBy(() -> onnx.read("position_ids"))
          .hasMessageContaining("tensor 'position_ids' is stored as ONNX data type 7");
    }
  }

  @Test
  void dataOutsideTheModelAreRefused() {
    assertThatThrownBy(() -> WeightSource.open(Fixtures.path("external.onnx")))
        .isInstanceOf(WeightException.class)
        .hasMessageEndingWith(
            "external.onnx: initialiser 'onnx::MatMul_7' is stored outside the model; save the"
                + " model with its data inside (onnx.save without external data)");
  }

  @Test
  void float16SpreadOverIntegersIsRefused() {
    assertThatThrownBy(() -> WeightSource.open(Fixtures.path("int32_data.onnx")))
        .isInstanceOf(WeightException.class)
        .hasMessageContaining("initialiser 'packed' must hold its numbers as one raw_data");
  }
}
