package dev.loraplus.samples.options;

import dev.loraplus.config.Faults;
import dev.loraplus.config.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How a gradient becomes an update: core's {@link UpdateRule}. */
@Command(name = "Update rule")
public final class RuleOptions {
  @Option(
      names = "--optimizer",
      paramLabel = "RULE",
      description = "adamw, adam, sgd or lorafa; default: ${DEFAULT-VALUE}.")
  private String rule = "adamw";

  @Option(
      names = "--betas",
      split = ",",
      paramLabel = "BETA",
      description = "Decays of the moments, not for sgd; default: 0.9,0.999.")
  private List<Double> betas = new ArrayList<>();

  @Option(
      names = "--eps",
      paramLabel = "EPSILON",
      description = "Epsilon, not for sgd; default: 1e-8, lorafa 1e-6.")
  private @Nullable Double epsilon;

  @Option(names = "--momentum", paramLabel = "M", description = "Momentum of sgd; default: 0.")
  private @Nullable Double momentum;

  @Option(names = "--nesterov", description = "Nesterov's momentum, for sgd.")
  private boolean nesterov;

  UpdateRule rule() {
    UpdateRule named = UpdateRule.named(rule);
    boolean sgd = named instanceof UpdateRule.Sgd;
    Faults faults =
        new Faults()
            .require(!sgd || betas.isEmpty(), "--betas: sgd has none, got %s", betas)
            .require(betas.isEmpty() || betas.size() == 2, "--betas: must be two, got %s", betas)
            .require(!sgd || epsilon == null, "--eps: sgd has none, got %s", epsilon)
            .require(
                sgd || momentum == null,
                "--momentum: belongs to sgd, %s has --betas; got %s",
                rule,
                momentum)
            .require(sgd || !nesterov, "--nesterov: belongs to sgd, got it with %s", rule);
    faults.throwIfAny();
    if (sgd) {
      return new UpdateRule.Sgd(momentum == null ? 0 : momentum, nesterov);
    }
    double beta1 = betas.isEmpty() ? 0.9 : betas.get(0);
    double beta2 = betas.isEmpty() ? 0.999 : betas.get(1);
    if (named instanceof UpdateRule.LoraFa) {
      return new UpdateRule.LoraFa(beta1, beta2, epsilon == null ? 1e-6 : epsilon);
    }
    double eps = epsilon == null ? 1e-8 : epsilon;
    return named instanceof UpdateRule.AdamW
        ? new UpdateRule.AdamW(beta1, beta2, eps)
        : new UpdateRule.Adam(beta1, beta2, eps);
  }
}
