package dev.loraplus.data.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Makes DJL's tokenizers without letting DJL reach for the network. */
final class HuggingFaceNative {
  private static final String OFFLINE = "ai.djl.offline";

  /** Gives texts whole. */
  static final Map<String, String> WHOLE =
      Map.of("truncation", "do_not_truncate", "padding", "do_not_pad");

  private HuggingFaceNative() {}

  /**
   * Makes a tokenizer of a {@code tokenizer.json}.
   *
   * <p>On creation DJL reports its use, and on a machine with CUDA it would fetch other natives.
   * Its offline switch stops both. It is a system property that other users of DJL in this process
   * may want off, so it is put back; only creation looks at it.
   */
  static synchronized HuggingFaceTokenizer create(String json, Map<String, String> options)
      throws IOException {
    String before = System.getProperty(OFFLINE);
    System.setProperty(OFFLINE, "true");
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), options);
    } finally {
      if (before == null) {
        System.clearProperty(OFFLINE);
      } else {
        System.setProperty(OFFLINE, before);
      }
    }
  }
}
