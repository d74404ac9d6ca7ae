package dev.loraplus.samples.options;

import dev.loraplus.config.Faults;
import dev.loraplus.config.Schedule;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The course of the rates: core's {@link Schedule}. */
@Command(name = "Schedule (the ratio is the same at every step)")
public final class ScheduleOptions {
  /** The schedules that have names here. */
  public enum Kind {
    /** The base rate at every step. */
    CONSTANT,
    /** To 0 in a straight line. */
    LINEAR,
    /** To 0 in half a cosine wave. */
    COSINE,
    /** To a fraction by a power of what is left. */
    POLYNOMIAL
  }

  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description = "constant, linear, cosine or polynomial; default: constant.")
  private Kind kind = Kind.CONSTANT;

  @Option(
      names = "--warmup",
      paramLabel = "STEPS|FRACTION",
      converter = Warmup.Converter.class,
      description = "Rise from 0 first: 100 for steps, 0.1 for a tenth of the run.")
  private @Nullable Warmup warmup;

  @Option(
      names = "--cycles",
      paramLabel = "C",
      description = "Waves of cosine over the run; default: 0.5.")
  private @Nullable Double cycles;

  @Option(names = "--power", paramLabel = "P", description = "Power of polynomial; default: 1.")
  private @Nullable Double power;

  @Option(
      names = "--end-fraction",
      paramLabel = "F",
      description = "Fraction of the rate at the end of polynomial; default: 0.")
  private @Nullable Double endFraction;

  Schedule schedule() {
    new Faults()
        .require(
            kind == Kind.COSINE || cycles == null, "--cycles: belongs to cosine, got %s", cycles)
        .require(
            kind == Kind.POLYNOMIAL || power == null,
            "--power: belongs to polynomial, got %s",
            power)
        .require(
            kind == Kind.POLYNOMIAL || endFraction == null,
            "--end-fraction: belongs to polynomial, got %s",
            endFraction)
        .throwIfAny();
    Schedule chosen =
        switch (kind) {
          case CONSTANT -> Schedule.constant();
          case LINEAR -> Schedule.linear();
          case COSINE -> Schedule.cosine(cycles == null ? 0.5 : cycles);
          case POLYNOMIAL ->
              Schedule.polynomial(power == null ? 1 : power, endFraction == null ? 0 : endFraction);
        };
    return warmup == null ? chosen : warmup.before(chosen);
  }
}
