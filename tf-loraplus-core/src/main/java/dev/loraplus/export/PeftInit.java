package dev.loraplus.export;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.loraplus.config.ConfigurationException;
import dev.loraplus.config.LoraInit;
import java.util.Locale;

/** peft's {@code init_lora_weights}: a flag, or the name of a method. */
public final class PeftInit {
  private static final String KNOWN = "true, false, gaussian, pissa, olora, orthogonal";

  private PeftInit() {}

  /**
   * As peft writes it.
   *
   * @param init how adapters start
   * @return a flag or a text
   */
  public static JsonNode write(LoraInit init) {
    return switch (init) {
      case KAIMING_UNIFORM -> BooleanNode.TRUE;
      case NONE -> BooleanNode.FALSE;
      case GAUSSIAN, PISSA, OLORA, ORTHOGONAL ->
          TextNode.valueOf(init.name().toLowerCase(Locale.ROOT));
    };
  }

  /**
   * Reads what peft wrote.
   *
   * @param node a flag, a text, or missing
   * @return how adapters start
   * @throws ConfigurationException if it is none of the known ones
   */
  public static LoraInit read(JsonNode node) {
    if (node.isMissingNode() || node.isBoolean()) {
      return node.asBoolean(true) ? LoraInit.KAIMING_UNIFORM : LoraInit.NONE;
    }
    String name = node.asText();
    return switch (name) {
      case "gaussian" -> LoraInit.GAUSSIAN;
      case "pissa" -> LoraInit.PISSA;
      case "olora" -> LoraInit.OLORA;
      case "orthogonal" -> LoraInit.ORTHOGONAL;
      default ->
          throw new ConfigurationException(
              name.startsWith("pissa_niter_")
                  ? "init_lora_weights: '"
                      + name
                      + "' is not supported: it leaves a base weight that depends on random"
                      + " numbers of its own run; use pissa, or convert the adapter to plain LoRA"
                  : "init_lora_weights: must be one of " + KNOWN + ", got " + node);
    };
  }
}
