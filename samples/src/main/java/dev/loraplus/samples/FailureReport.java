package dev.loraplus.samples;

import dev.loraplus.config.ConfigurationException;
import dev.loraplus.data.DataException;
import dev.loraplus.optimizer.NotFiniteException;
import dev.loraplus.samples.options.OptionNames;
import dev.loraplus.savedmodel.flat.SavedModelException;
import dev.loraplus.savedmodel.gradient.NotDifferentiableException;
import dev.loraplus.training.CheckpointException;
import dev.loraplus.training.EvaluationNotFiniteException;
import dev.loraplus.weights.WeightException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** What a person reads when a command fails: the reason alone, unless asked for more. */
final class FailureReport implements IExecutionExceptionHandler {
  private final BooleanSupplier verbose;

  FailureReport(BooleanSupplier verbose) {
    this.verbose = verbose;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine commandLine, ParseResult arguments) {
    return report(failure, commandLine.getErr());
  }

  int report(Throwable failure, PrintWriter err) {
    if (verbose.getAsBoolean()) {
      failure.printStackTrace(err);
    } else {
      err.println("error: " + reason(failure));
    }
    err.flush();
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static String reason(Throwable failure) {
    String message = failure.getMessage();
    if (isExpected(failure) && message != null && !message.isBlank()) {
      return OptionNames.translate(message);
    }
    // Says nothing to a user by itself, so it says how to learn more.
    return failure + " (--verbose shows where)";
  }

  /** Exceptions that the library raises on purpose have messages that are made to be read. */
  private static boolean isExpected(Throwable failure) {
    return failure instanceof ConfigurationException
        || failure instanceof DataException
        || failure instanceof CheckpointException
        || failure instanceof NotFiniteException
        || failure instanceof EvaluationNotFiniteException
        || failure instanceof WeightException
        || failure instanceof SavedModelException
        || failure instanceof NotDifferentiableException
        || failure instanceof UncheckedIOException
        || failure.getClass() == IllegalArgumentException.class
        || failure.getClass() == IllegalStateException.class;
  }
}
