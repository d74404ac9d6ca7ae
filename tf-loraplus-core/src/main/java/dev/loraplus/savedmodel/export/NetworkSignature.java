package dev.loraplus.savedmodel.export;

import dev.loraplus.model.LoadedModel;
import dev.loraplus.model.ModelInputs;
import dev.loraplus.savedmodel.flat.Closure;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

/** The signature of a network built here, with the names that transformers gives its tensors. */
final class NetworkSignature {
  /** The key of the only output. */
  static final String LOGITS = "logits";

  private NetworkSignature() {}

  /** The network as it stands. */
  static ExportedSignature serving(LoadedModel model) {
    return of(model, model.outputs().logits());
  }

  /** One pass of a network; inputs that it does not read are left out. */
  static ExportedSignature of(LoadedModel model, Operand<TFloat32> logits) {
    Set<String> needed = new HashSet<>();
    Closure.prune(model.session().graph().toGraphDef(), List.of(logits.op().name()))
        .getNodeList()
        .forEach((NodeDef node) -> needed.add(node.getName()));
    ModelInputs inputs = model.inputs();
    Map<String, Output<?>> read = new TreeMap<>();
    read.put("input_ids", inputs.ids().asOutput());
    read.put("attention_mask", inputs.mask().asOutput());
    read.put("token_type_ids", inputs.typeIds().asOutput());
    read.values().removeIf(placeholder -> !needed.contains(placeholder.op().name()));
    return new ExportedSignature(read, Map.of(LOGITS, logits.asOutput()));
  }
}
