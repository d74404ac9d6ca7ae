package dev.loraplus.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

class FoldedRowsTest {
  @ParameterizedTest
  @CsvSource({"768, 32", "384, 32", "4096, 32", "1000, 25", "33, 11"})
  void partsAreAsLongAsTheyCanBe(long length, int part) {
    assertThat(FoldedRows.part(length)).hasValue(part);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 32, 37, 74, -1})
  void othersHaveNone(long length) {
    assertThat(FoldedRows.part(length)).isEmpty();
  }

  @Test
  void onlyRowsOfAKnownLengthAreFolded() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);

      assertThat(FoldedRows.of(tf, input(tf, -1, 768))).isPresent();
      assertThat(FoldedRows.of(tf, input(tf, -1, 16))).isEmpty();
      assertThat(FoldedRows.of(tf, input(tf, -1, -1))).isEmpty();
      assertThat(FoldedRows.of(tf, input(tf, 2, 3, 768))).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {96, 2048})
  void aMeanIsThatOfTheRow(int length) {
    // given
    float[] numbers = new float[2 * length];
    double[] sums = new double[2];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i % 7 - i % 3;
      sums[i / length] += numbers[i];
    }
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> x = tf.constant(Shape.of(2, length), DataBuffers.of(numbers));
      Operand<TInt32> folds = FoldedRows.of(tf, x).orElseThrow();

      // when
      try (Session session = new Session(graph);
          TFloat32 mean =
              (TFloat32) session.runner().fetch(FoldedRows.mean(tf, x, folds)).run().get(0)) {

        // then
        assertThat(mean.shape()).isEqualTo(Shape.of(2, 1));
        for (int row = 0; row < 2; row++) {
          assertThat(mean.getFloat(row, 0)).isCloseTo((float) (sums[row] / length), within(1e-6f));
        }
      }
    }
  }

  private static Operand<TFloat32> input(Ops tf, long... sizes) {
    return tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(sizes)));
  }
}
