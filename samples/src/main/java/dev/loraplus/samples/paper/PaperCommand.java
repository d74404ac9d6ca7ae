package dev.loraplus.samples.paper;

import dev.loraplus.samples.paper.commonsense.CommonsenseCommand;
import dev.loraplus.samples.paper.e2e.E2eCommand;
import dev.loraplus.samples.paper.finetuning.CurvesCommand;
import dev.loraplus.samples.paper.finetuning.GlueCommand;
import dev.loraplus.samples.paper.finetuning.InitCommand;
import dev.loraplus.samples.paper.finetuning.MethodsCommand;
import dev.loraplus.samples.paper.finetuning.RankCommand;
import dev.loraplus.samples.paper.finetuning.RatioCommand;
import dev.loraplus.samples.paper.overhead.OverheadCommand;
import dev.loraplus.samples.paper.theory.TheoryCommand;
import dev.loraplus.samples.paper.toy.ToyCommand;
import picocli.CommandLine.Command;

/** {@code paper}: the figures and tables of the LoRA+ paper, run again. */
@Command(
    name = "paper",
    description = {
      "Runs the experiments of the LoRA+ paper again (Hayou et al., arXiv 2402.12354).",
      "Each says first how long it takes, can be interrupted, and continues when run again."
    },
    synopsisSubcommandLabel = "WHAT",
    mixinStandardHelpOptions = true,
    subcommands = {
      ToyCommand.class,
      TheoryCommand.class,
      GlueCommand.class,
      InitCommand.class,
      RankCommand.class,
      MethodsCommand.class,
      RatioCommand.class,
      CurvesCommand.class,
      OverheadCommand.class,
      E2eCommand.class,
      CommonsenseCommand.class
    })
public final class PaperCommand {
  /** For picocli. */
  public PaperCommand() {}
}
