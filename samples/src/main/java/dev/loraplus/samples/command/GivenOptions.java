package dev.loraplus.samples.command;

import dev.loraplus.config.ConfigurationException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options that a command was given, to refuse those that mean nothing beside others.
 *
 * @param spec the command
 */
record GivenOptions(CommandSpec spec) {
  /**
   * Refuses an option, or those of a mixin.
   *
   * @param name of the option or of the mixin's field
   * @param reason why they mean nothing
   * @throws ConfigurationException if one of them was given, naming it
   */
  void refuse(String name, String reason) {
    CommandSpec mixin = spec.mixins().get(name);
    List<String> names =
        mixin == null
            ? List.of(name)
            : mixin.options().stream().map(OptionSpec::longestName).toList();
    List<String> given =
        names.stream()
            .filter(spec.commandLine().getParseResult()::hasMatchedOption)
            .sorted()
            .toList();
    if (!given.isEmpty()) {
      throw new ConfigurationException(
          String.join(", ", given) + ": has no effect here, " + reason + "; leave it out");
    }
  }
}
