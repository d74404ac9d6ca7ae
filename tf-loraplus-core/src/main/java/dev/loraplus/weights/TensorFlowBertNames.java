package dev.loraplus.weights;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names of the original TensorFlow BERT, and what Hugging Face's checkpoints call the same tensors.
 *
 * <pre>
 *   module/bert/encoder/layer_0/attention/self/query/kernel  [in, out], transposed
 *       -&gt; bert.encoder.layer.0.attention.self.query.weight  [out, in]
 * </pre>
 *
 * What stands before {@code bert} or {@code cls}, such as TF Hub's {@code module}, is dropped.
 */
final class TensorFlowBertNames {
  /**
   * A checkpoint name.
   *
   * @param name Hugging Face's, or the variable's own if there is none
   * @param transposed whether the variable is the transpose of the checkpoint's tensor
   */
  record Name(String name, boolean transposed) {}

  private static final Pattern MODEL =
      Pattern.compile("(?:.+?/)??((?:bert|cls)/.+|output_weights|output_bias)");

  private static final Pattern LAYER = Pattern.compile("/layer_(\\d+)/");

  /** Names that are not found by replacing their last part. */
  private static final Map<String, String> HEADS =
      Map.of(
          "cls/predictions/output_bias", "cls.predictions.bias",
          "cls/seq_relationship/output_weights", "cls.seq_relationship.weight",
          "cls/seq_relationship/output_bias", "cls.seq_relationship.bias",
          "output_weights", "classifier.weight",
          "output_bias", "classifier.bias");

  private static final List<String> TABLES =
      List.of("word_embeddings", "position_embeddings", "token_type_embeddings");

  private TensorFlowBertNames() {}

  /** The checkpoint name of a variable of the given rank. */
  static Name of(String variable, int rank) {
    Name unknown = new Name(variable, false);
    Matcher model = MODEL.matcher(variable);
    if (!model.matches()) {
      return unknown;
    }
    String path = model.group(1);
    String head = HEADS.get(path);
    if (head != null) {
      return new Name(head, false);
    }
    int slash = path.lastIndexOf('/');
    String module = LAYER.matcher(path.substring(0, slash + 1)).replaceAll("/layer.$1/");
    module = module.replace('/', '.');
    String last = path.substring(slash + 1);
    if (TABLES.contains(last)) {
      return new Name(module + last + ".weight", false);
    }
    return switch (last) {
      case "kernel" -> rank == 2 ? new Name(module + "weight", true) : unknown;
      case "gamma" -> new Name(module + "weight", false);
      case "beta", "bias" -> new Name(module + "bias", false);
      default -> unknown;
    };
  }
}
