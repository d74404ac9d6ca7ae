package dev.loraplus.samples.paper.finetuning;

import dev.loraplus.samples.paper.Findings;
import dev.loraplus.sweep.Study;
import dev.loraplus.sweep.finetuning.FineTuningAxes;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code paper init}: B = 0 or A = 0 at the start. */
@Command(
    name = "init",
    description = "Both starts with B A = 0: B zero and A random, or A zero and B random.",
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class InitCommand extends StudyCommand {
  /** For picocli. */
  public InitCommand() {}

  @Override
  List<Study.Arm> arms(boolean small) {
    return List.of(
        Candidates.lora("LoRA, B = 0", small, p -> p.with(FineTuningAxes.INIT, "KAIMING_UNIFORM")),
        Candidates.lora(
            "LoRA, A = 0", small, p -> p.with(FineTuningAxes.INIT, FineTuningAxes.A_ZERO)),
        Candidates.loraPlus(
            "LoRA+, B = 0", small, p -> p.with(FineTuningAxes.INIT, "KAIMING_UNIFORM")),
        Candidates.loraPlus(
            "LoRA+, A = 0", small, p -> p.with(FineTuningAxes.INIT, FineTuningAxes.A_ZERO)));
  }

  @Override
  String title() {
    return "The start of A and B";
  }

  @Override
  void published(Findings findings, Map<String, Double> scores) {
    findings.text(
        "Paper: a ratio of 2^4 is its choice for A = 0; for B = 0 it is 2^2 to 2^3. It prints no"
            + " figures of this comparison.");
  }
}
