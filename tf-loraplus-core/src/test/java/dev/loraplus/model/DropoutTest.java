package dev.loraplus.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hashing;
import dev.loraplus.config.Compilation;
import dev.loraplus.graph.Sessions;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** Masks are those of TensorFlow's own uniform numbers, compiled or not. */
class DropoutTest {
  private static final int ROWS = 37;
  private static final int COLUMNS = 41;

  @ParameterizedTest
  @CsvSource({"NONE, 0.1", "NONE, 0.5", "FULL, 0.1", "FULL, 0.9", "FULL, 0.333"})
  void dropsWhatTensorFlowsNumbersSay(Compilation compilation, double rate) {
    try (Graph graph = new Graph()) {
      // given
      Ops tf = Ops.create(graph);
      Operand<TInt64> randomness = tf.placeholder(TInt64.class);
      Operand<TFloat32> x = tf.placeholder(TFloat32.class);
      Operand<TFloat32> dropped = new Dropout(tf, randomness).apply(x, x, rate, "layer.0");
      long site =
          Hashing.farmHashFingerprint64().hashString("layer.0", StandardCharsets.UTF_8).asLong();
      Operand<TInt64> seed = tf.math.add(randomness, tf.constant(new long[] {site, 0}));
      Operand<TFloat32> uniform =
          tf.random.statelessRandomUniform(tf.constant(new int[] {ROWS, COLUMNS}), seed);

      try (Session compiled = Sessions.open(graph, compilation);
          Session plain = Sessions.open(graph, Compilation.NONE);
          TInt64 numbers = TInt64.vectorOf(42, 7);
          TFloat32 ones =
              TFloat32.tensorOf(
                  Shape.of(ROWS, COLUMNS), t -> t.scalars().forEach(scalar -> scalar.setFloat(1)));
          Result given = plain.runner().feed(randomness, numbers).fetch(uniform).run();
          Result result =
              compiled.runner().feed(randomness, numbers).feed(x, ones).fetch(dropped).run()) {
        // then
        TFloat32 u = (TFloat32) given.get(0);
        TFloat32 y = (TFloat32) result.get(0);
        for (int row = 0; row < ROWS; row++) {
          for (int column = 0; column < COLUMNS; column++) {
            boolean kept = u.getFloat(row, column) >= (float) rate;
            assertThat(y.getFloat(row, column)).isEqualTo(kept ? (float) (1 / (1 - rate)) : 0);
          }
        }
      }
    }
  }
}
