package dev.loraplus.model;

import dev.loraplus.config.Task;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * What decoders share whatever their layers: a body that gives features, a last norm, and a head on
 * them, for a whole text or for the next token.
 */
abstract class DecoderNetwork implements Decoder {
  private final DecoderHead.Body body;
  private final DecoderHead head;

  DecoderNetwork(DecoderHead.Body body, Task task) {
    this.body = body;
    this.head = DecoderHead.of(body, task);
  }

  /** Everything up to the last norm, [batch * length, hidden]. */
  abstract Operand<TFloat32> body(
      Layers layers, Operand<TInt32> ids, TokenGrid grid, TextPlaces places);

  /** The last norm, of features of any number of tokens. */
  abstract Operand<TFloat32> norm(Layers layers, Operand<TFloat32> hidden);

  DecoderHead taskHead() {
    return head;
  }

  /** Numbers for each token that the head keeps. */
  long headFootprint() {
    return head.languageModel() ? Footprint.words(body.vocabularySize()) : 0;
  }

  @Override
  public Set<String> head() {
    return head.paths();
  }

  @Override
  public Set<String> outputs() {
    return head.outputs();
  }

  @Override
  public Optional<String> tiedTable() {
    return head.languageModel() && body.tied() ? Optional.of(body.words()) : Optional.empty();
  }

  @Override
  public int vocabularySize() {
    return body.vocabularySize();
  }

  @Override
  public boolean languageModel() {
    return head.languageModel();
  }

  @Override
  public ModelOutputs forward(Layers layers, ModelInputs inputs) {
    TokenGrid grid = new TokenGrid(layers.tf(), inputs.ids(), body.hiddenSize());
    TextLayout layout = TextLayout.of(inputs, grid);
    TextPlaces places = TextPlaces.whole(layout, grid);
    Operand<TFloat32> hidden = norm(layers, body(layers, inputs.ids(), grid, places));
    return new ModelOutputs(
        grid.batched(hidden), head.logits(layers, inputs, layout, grid, hidden));
  }

  @Override
  public Operand<TFloat32> next(Layers layers, DecoderInputs inputs, KeyValueMemory memory) {
    DecoderHead.LanguageModel model = head.requireLanguageModel();
    TokenGrid grid = new TokenGrid(layers.tf(), inputs.ids(), body.hiddenSize());
    TextPlaces places = TextPlaces.continued(layers.tf(), inputs, grid, memory);
    Operand<TFloat32> last = grid.last(body(layers, inputs.ids(), grid, places));
    return model.words(layers, norm(layers, last));
  }
}
