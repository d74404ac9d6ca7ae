package dev.loraplus.weights;

import java.util.List;

/** Early PyTorch checkpoints kept TensorFlow's names for the scale and shift of LayerNorm. */
final class LegacyNames {
  private LegacyNames() {}

  static List<LocatedTensor> current(List<LocatedTensor> tensors) {
    return tensors.stream()
        .map(tensor -> tensor.withName(current(tensor.tensor().name())))
        .toList();
  }

  static String current(String name) {
    if (name.endsWith("LayerNorm.gamma")) {
      return name.substring(0, name.length() - "gamma".length()) + "weight";
    }
    if (name.endsWith("LayerNorm.beta")) {
      return name.substring(0, name.length() - "beta".length()) + "bias";
    }
    return name;
  }
}
