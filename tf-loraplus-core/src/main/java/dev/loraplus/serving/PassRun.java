package dev.loraplus.serving;

import dev.loraplus.graph.Runs;
import dev.loraplus.model.ModelInputs;
import dev.loraplus.model.ModelOutputs;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** One run of a pass. */
final class PassRun {
  private PassRun() {}

  /** The logits of texts; the runner may have the slots of the texts already. */
  static TFloat32 logits(
      Session.Runner runner, ModelInputs inputs, TokenRows tokens, ModelOutputs outputs) {
    Shape shape = Shape.of(tokens.texts(), tokens.length());
    try (TInt32 ids = TInt32.tensorOf(shape, DataBuffers.of(tokens.ids()));
        TInt32 mask = TInt32.tensorOf(shape, DataBuffers.of(tokens.mask()));
        TInt32 types = TInt32.tensorOf(shape, DataBuffers.of(tokens.typeIds()))) {
      return (TFloat32)
          Runs.run(
                  runner
                      .feed(inputs.ids(), ids)
                      .feed(inputs.mask(), mask)
                      .feed(inputs.typeIds(), types)
                      .fetch(outputs.logits()))
              .get(0);
    }
  }
}
