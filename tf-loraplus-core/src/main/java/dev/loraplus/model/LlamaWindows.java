package dev.loraplus.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/** How far back each layer of a Llama looks: {@code sliding_window} and what goes with it. */
final class LlamaWindows {
  private static final String WINDOW = "sliding_window";
  private static final String TYPES = "layer_types";

  private LlamaWindows() {}

  /** The window of each layer, empty where a token sees all before it. */
  static List<OptionalInt> read(LlamaFamily family, JsonConfig json, int layers) {
    return switch (family) {
      case LLAMA -> uniform(json, layers, OptionalInt.empty());
      case MISTRAL -> uniform(json, layers, mistral(json));
      case QWEN2 -> qwen2(json, layers);
    };
  }

  private static List<OptionalInt> uniform(JsonConfig json, int layers, OptionalInt window) {
    if (json.has(TYPES)) {
      throw json.fault(TYPES, "must not be set for this model_type, whose layers are all alike");
    }
    return Collections.nCopies(layers, window);
  }

  /** Where the file lacks the key the window is 4096; null means none. */
  private static OptionalInt mistral(JsonConfig json) {
    if (json.names(WINDOW) && !json.has(WINDOW)) {
      return OptionalInt.empty();
    }
    return OptionalInt.of(json.positive(WINDOW, 4096));
  }

  private static List<OptionalInt> qwen2(JsonConfig json, int layers) {
    OptionalInt window =
        json.flag("use_sliding_window", false)
            ? OptionalInt.of(json.positive(WINDOW, 4096))
            : OptionalInt.empty();
    List<String> types = json.strings(TYPES);
    if (!types.isEmpty() && types.size() != layers) {
      throw json.fault(TYPES, "must name a type for each of the " + layers + " layers");
    }
    int firstSliding = json.atLeastZero("max_window_layers", 28);
    List<OptionalInt> windows = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      boolean sliding =
          types.isEmpty()
              ? window.isPresent() && i >= firstSliding
              : sliding(json, types.get(i), window);
      windows.add(sliding ? window : OptionalInt.empty());
    }
    return List.copyOf(windows);
  }

  private static boolean sliding(JsonConfig json, String type, OptionalInt window) {
    return switch (type) {
      case "full_attention" -> false;
      case "sliding_attention" -> {
        if (window.isEmpty()) {
          throw json.fault(TYPES, "needs use_sliding_window for sliding_attention");
        }
        yield true;
      }
      default -> throw json.fault(TYPES, "must be made of full_attention and sliding_attention");
    };
  }
}
