package dev.loraplus.samples;

import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a person reads when the arguments are wrong: the fault with a guess, and where help is. */
final class UsageReport implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException fault, String[] arguments) {
    CommandLine command = fault.getCommandLine();
    ParameterException cause = cause(fault, command);
    PrintWriter err = command.getErr();
    err.println("error: " + cause.getMessage() + guess(cause));
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  /** A misspelt option often leaves a required one missing; then the spelling is the fault. */
  private static ParameterException cause(ParameterException fault, CommandLine command) {
    List<String> unmatched = command.getUnmatchedArguments();
    return fault instanceof MissingParameterException && !unmatched.isEmpty()
        ? new UnmatchedArgumentException(command, unmatched)
        : fault;
  }

  private static String guess(ParameterException fault) {
    if (!(fault instanceof UnmatchedArgumentException unmatched)) {
      return "";
    }
    List<String> near = unmatched.getSuggestions();
    return near.isEmpty() ? "" : "; did you mean: " + String.join(", ", near) + "?";
  }
}
