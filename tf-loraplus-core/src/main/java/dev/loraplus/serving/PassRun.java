package dev.loraplus.serving;

import dev.loraplus.model.ModelInputs;
import dev.loraplus.model.ModelOutputs;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** One run of a pass. */
final class PassRun {
  private PassRun() {}

  static TFloat32 logits(
      Session session, ModelInputs inputs, TokenRows tokens, ModelOutputs outputs) {
    return logits(session.runner(), inputs, tokens, outputs);
  }

  static TFloat32 logits(
      Session session,
      ModelInputs inputs,
      TokenRows tokens,
      ModelOutputs outputs,
      Operand<TInt32> placeholder,
      TInt32 slots) {
    return logits(session.runner().feed(placeholder, slots), inputs, tokens, outputs);
  }

  private static TFloat32 logits(
      Session.Runner runner, ModelInputs inputs, TokenRows tokens, ModelOutputs outputs) {
    Shape shape = Shape.of(tokens.texts(), tokens.length());
    try (TInt32 ids = TInt32.tensorOf(shape, DataBuffers.of(tokens.ids()));
        TInt32 mask = TInt32.tensorOf(shape, DataBuffers.of(tokens.mask()));
        TInt32 types = TInt32.tensorOf(shape, DataBuffers.of(tokens.typeIds()))) {
      return (TFloat32)
          runner
              .feed(inputs.ids(), ids)
              .feed(inputs.mask(), mask)
              .feed(inputs.typeIds(), types)
              .fetch(outputs.logits())
              .run()
              .get(0);
    }
  }
}
