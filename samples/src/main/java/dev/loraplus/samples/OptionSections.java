package dev.loraplus.samples;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Lists the options of a command under the names of the mixins that they come from. picocli's own
 * headings need argument groups, and in those it lets an option be given twice.
 */
final class OptionSections implements IHelpSectionRenderer {
  /** The name that picocli gives to what has none. */
  private static final String UNNAMED = "<main class>";

  @Override
  public String render(Help help) {
    StringBuilder text = new StringBuilder();
    Map<String, List<OptionSpec>> sections = new LinkedHashMap<>();
    collect(help.commandSpec(), sections);
    sections.forEach(
        (heading, options) -> {
          List<OptionSpec> shown = options.stream().filter(option -> !option.hidden()).toList();
          if (!shown.isEmpty()) {
            text.append(heading.isEmpty() ? "" : String.format("%n%s:%n", heading));
            Help.Layout layout = help.createDefaultLayout(shown, List.of(), help.colorScheme());
            layout.addAllOptions(shown, help.parameterLabelRenderer());
            text.append(layout);
          }
        });
    return text.toString();
  }

  /**
   * A command's own options first, then those of each mixin, from the outside in. What has no name,
   * such as the help options, joins the command's own.
   */
  private static void collect(CommandSpec spec, Map<String, List<OptionSpec>> sections) {
    Set<OptionSpec> own = new LinkedHashSet<>(options(spec));
    spec.mixins().values().forEach(mixin -> options(mixin).forEach(own::remove));
    String heading = sections.isEmpty() || spec.name().equals(UNNAMED) ? "" : spec.name();
    sections.computeIfAbsent(heading, any -> new ArrayList<>()).addAll(own);
    spec.mixins().values().forEach(mixin -> collect(mixin, sections));
  }

  private static List<OptionSpec> options(CommandSpec spec) {
    return Stream.concat(
            spec.options().stream(),
            spec.argGroups().stream().flatMap(group -> group.allOptionsNested().stream()))
        .distinct()
        .toList();
  }
}
