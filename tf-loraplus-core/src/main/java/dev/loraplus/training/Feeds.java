package dev.loraplus.training;

import dev.loraplus.data.batch.Batch;
import dev.loraplus.data.batch.Packing;
import dev.loraplus.model.ModelInputs;
import dev.loraplus.model.PackedTexts;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/** The tensors fed to one run, closed together after it. */
final class Feeds implements AutoCloseable {
  private final Session.Runner runner;
  private final List<Tensor> tensors = new ArrayList<>();

  Feeds(Session.Runner runner) {
    this.runner = runner;
  }

  Session.Runner runner() {
    return runner;
  }

  /** The tokens of a batch, with ids that may differ from the batch's own (masked ones). */
  void tokens(ModelInputs inputs, Batch batch, int[] ids) {
    Shape shape = Shape.of(batch.rows(), batch.length());
    ints(inputs.ids(), shape, ids);
    ints(inputs.mask(), shape, batch.attentionMask());
    ints(inputs.typeIds(), shape, batch.typeIds());
    batch.packing().ifPresent(packing -> places(inputs, packing, shape));
  }

  private void places(ModelInputs inputs, Packing packing, Shape shape) {
    PackedTexts packed =
        inputs
            .packing()
            .orElseThrow(
                () -> new IllegalStateException("a packed batch needs inputs for packed texts"));
    ints(packed.texts(), shape, packing.texts());
    ints(packed.positions(), shape, packing.positions());
    ints(packed.firsts(), Shape.of(packing.firsts().length), packing.firsts());
  }

  void ints(Operand<TInt32> placeholder, Shape shape, int[] values) {
    feed(placeholder, TInt32.tensorOf(shape, DataBuffers.of(values)));
  }

  void floats(Operand<TFloat32> placeholder, Shape shape, float[] values) {
    feed(placeholder, TFloat32.tensorOf(shape, DataBuffers.of(values)));
  }

  void longs(Operand<TInt64> placeholder, long... values) {
    feed(placeholder, TInt64.vectorOf(values));
  }

  private void feed(Operand<?> placeholder, Tensor tensor) {
    tensors.add(tensor);
    runner.feed(placeholder, tensor);
  }

  @Override
  public void close() {
    tensors.forEach(Tensor::close);
  }
}
