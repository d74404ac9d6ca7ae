package dev.loraplus.graph;

import com.google.common.base.Strings;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flags of XLA that a compiled step wants, which XLA reads once from the environment:
 *
 * <ul>
 *   <li>no excess precision: what a pass rounds to bfloat16 is kept in bfloat16. By default XLA
 *       drops the rounding where it can and keeps float32, twice the memory to write and read;
 *   <li>attention as cuDNN's one kernel. On a CPU it means nothing.
 * </ul>
 */
final class XlaFlags {
  private static final Logger LOG = LoggerFactory.getLogger(XlaFlags.class);
  private static final String NAME = "XLA_FLAGS";
  private static final List<String> FLAGS =
      List.of("--xla_allow_excess_precision=false", "--xla_gpu_enable_cudnn_fmha=true");

  private boolean done;

  /** Adds those that the user has not set to what is there, once. */
  void set() {
    if (done) {
      return;
    }
    done = true;
    String flags = with(Strings.nullToEmpty(System.getenv(NAME)));
    if (!NativeEnvironment.set(NAME, flags)) {
      LOG.info("{} cannot be set from here; compiled steps are fastest with {}", NAME, flags);
    }
  }

  /** The flags with ours where they do not say otherwise. */
  static String with(String chosen) {
    StringBuilder flags = new StringBuilder(chosen);
    for (String flag : FLAGS) {
      if (!chosen.contains(flag.substring(0, flag.indexOf('=')))) {
        flags.append(flags.isEmpty() ? "" : " ").append(flag);
      }
    }
    return flags.toString();
  }
}
