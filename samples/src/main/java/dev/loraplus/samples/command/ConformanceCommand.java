package dev.loraplus.samples.command;

import dev.loraplus.conformance.BaseResult;
import dev.loraplus.conformance.CaseResult;
import dev.loraplus.conformance.ConformanceSuite;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code conformance}: repeats recorded training runs. */
@Command(
    name = "conformance",
    description =
        "Repeats training runs that were recorded with transformers, peft and torch, and prints how"
            + " far each is from its record. Exits with 1 if one is beyond its bounds.",
    customSynopsis = "loraplus conformance DIR...",
    mixinStandardHelpOptions = true)
public final class ConformanceCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "DIR", description = "A folder with bases/ and cases/.")
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private List<Path> directories;

  /** For picocli. */
  public ConformanceCommand() {}

  @Override
  public Integer call() {
    List<ConformanceSuite> suites = directories.stream().map(ConformanceSuite::open).toList();
    ConformanceTable table = new ConformanceTable(suites);
    PrintWriter console = spec.commandLine().getOut();
    for (ConformanceSuite suite : suites) {
      print(console, table.caseHeading());
      for (String name : suite.cases()) {
        CaseResult result = suite.repeat(name);
        print(console, table.line(result));
      }
      print(console, table.baseHeading());
      for (String name : suite.bases()) {
        BaseResult result = suite.check(name);
        print(console, table.line(result));
      }
    }
    print(console, table.summary());
    return table.allPassed() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  /** Shows each line at once: a case takes seconds. */
  private static void print(PrintWriter console, String line) {
    console.println(line);
    console.flush();
  }
}
