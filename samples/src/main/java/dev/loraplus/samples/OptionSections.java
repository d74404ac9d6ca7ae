package dev.loraplus.samples;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Help;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Lists the options of a command under the headers of the mixins that they come from. picocli's own
 * headings need argument groups, and in those it lets an option be given twice.
 */
final class OptionSections implements IHelpSectionRenderer {
  @Override
  public String render(Help help) {
    StringBuilder text = new StringBuilder();
    List<Section> sections = new ArrayList<>();
    collect(help.commandSpec(), sections);
    for (Section section : sections) {
      List<OptionSpec> shown = section.options().stream().filter(o -> !o.hidden()).toList();
      if (!shown.isEmpty()) {
        text.append(
            String.format(section.header().isEmpty() ? "" : "%n" + section.header() + "%n"));
        Help.Layout layout = help.createDefaultLayout(shown, List.of(), help.colorScheme());
        layout.addAllOptions(shown, help.parameterLabelRenderer());
        text.append(layout);
      }
    }
    return text.toString();
  }

  private record Section(String header, List<OptionSpec> options) {}

  /** A command's own options first, then those of each mixin, from the outside in. */
  private static void collect(CommandSpec spec, List<Section> sections) {
    Set<OptionSpec> own = new LinkedHashSet<>(options(spec));
    spec.mixins().values().forEach(mixin -> options(mixin).forEach(own::remove));
    String header = String.join(" ", spec.usageMessage().header());
    boolean joins = header.isEmpty() && !sections.isEmpty();
    if (joins) {
      sections.get(sections.size() - 1).options().addAll(own);
    } else {
      sections.add(new Section(header, new ArrayList<>(own)));
    }
    for (CommandSpec mixin : spec.mixins().values()) {
      collect(mixin, sections);
    }
  }

  private static List<OptionSpec> options(CommandSpec spec) {
    return Stream.concat(
            spec.options().stream(),
            spec.argGroups().stream().flatMap(group -> group.allOptionsNested().stream()))
        .distinct()
        .toList();
  }
}
