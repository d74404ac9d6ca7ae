package dev.loraplus.samples.options;

import dev.loraplus.config.Schedule;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The length of a warmup: a whole number is steps, one with a point a fraction of the run. */
sealed interface Warmup {
  Schedule before(Schedule schedule);

  record Steps(long count) implements Warmup {
    @Override
    public Schedule before(Schedule schedule) {
      return Schedule.warmup(count, schedule);
    }
  }

  record Fraction(double part) implements Warmup {
    @Override
    public Schedule before(Schedule schedule) {
      return Schedule.warmupFraction(part, schedule);
    }
  }

  final class Converter implements ITypeConverter<Warmup> {
    @Override
    public Warmup convert(String value) {
      try {
        return value.matches("-?[0-9]+")
            ? new Steps(Long.parseLong(value))
            : new Fraction(Double.parseDouble(value));
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "must be a number of steps such as 100 or a fraction such as 0.1, got '" + value + "'");
      }
    }
  }
}
