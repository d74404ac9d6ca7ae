package dev.loraplus.samples.options;

import dev.loraplus.config.AdapterPlacement;
import dev.loraplus.config.BiasMode;
import dev.loraplus.config.Compilation;
import dev.loraplus.config.LoraInit;
import dev.loraplus.config.Pooling;
import dev.loraplus.config.Precision;
import dev.loraplus.config.Recomputation;
import dev.loraplus.generation.EarlyStopping;
import dev.loraplus.savedmodel.data.OutputTask;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads constants as users write them: {@code cls-pooler} for {@code CLS_POOLER}.
 *
 * @param <E> type of the constants
 * @param type class of the constants
 */
public record EnumChoice<E extends Enum<E>>(Class<E> type) implements ITypeConverter<E> {

  /**
   * Lets a command line and its commands read every enumeration that the options have.
   *
   * @param commandLine with all of its subcommands
   */
  public static void register(CommandLine commandLine) {
    register(commandLine, TaskKind.class);
    register(commandLine, OutputTask.class);
    register(commandLine, Pooling.class);
    register(commandLine, BiasMode.class);
    register(commandLine, AdapterPlacement.class);
    register(commandLine, LoraInit.class);
    register(commandLine, EarlyStopping.class);
    register(commandLine, Precision.class);
    register(commandLine, Compilation.class);
    register(commandLine, Recomputation.class);
    register(commandLine, ScheduleOptions.Kind.class);
  }

  @Override
  public E convert(String value) {
    for (E constant : type.getEnumConstants()) {
      if (written(constant).equals(value.toLowerCase(Locale.ROOT))) {
        return constant;
      }
    }
    List<String> choices = Arrays.stream(type.getEnumConstants()).map(EnumChoice::written).toList();
    throw new TypeConversionException(
        "must be one of " + String.join(", ", choices) + ", got '" + value + "'");
  }

  private static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Lets a command line and its commands read one more enumeration.
   *
   * @param commandLine with all of its subcommands
   * @param type class of the constants
   * @param <E> type of the constants
   */
  public static <E extends Enum<E>> void register(CommandLine commandLine, Class<E> type) {
    commandLine.registerConverter(type, new EnumChoice<>(type));
  }
}
