package dev.loraplus.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Module paths in short but complete: those that differ in a layer's number alone become one, such
 * as {@code encoder.layer.[0-11].output.dense}.
 */
final class PathRanges {
  private static final Pattern NUMBER = Pattern.compile("(?<=\\.)\\d+(?=\\.)");

  private PathRanges() {}

  static String of(List<String> paths) {
    Map<String, TreeSet<Integer>> numbers = new LinkedHashMap<>();
    for (String path : paths) {
      Matcher matcher = NUMBER.matcher(path);
      if (matcher.find()) {
        numbers
            .computeIfAbsent(matcher.replaceFirst("[]"), template -> new TreeSet<>())
            .add(Integer.valueOf(matcher.group()));
      } else {
        numbers.put(path, new TreeSet<>());
      }
    }
    List<String> shown = new ArrayList<>();
    numbers.forEach((path, found) -> shown.add(path.replace("[]", ranges(found))));
    return String.join(", ", shown);
  }

  private static String ranges(Set<Integer> numbers) {
    List<String> parts = new ArrayList<>();
    int first = 0;
    Integer previous = null;
    for (Integer number : numbers) {
      if (previous == null || number != previous + 1) {
        if (previous != null) {
          parts.add(range(first, previous));
        }
        first = number;
      }
      previous = number;
    }
    if (previous != null) {
      parts.add(range(first, previous));
    }
    return numbers.size() == 1 ? parts.get(0) : "[" + String.join(",", parts) + "]";
  }

  private static String range(int first, int last) {
    return first == last ? Integer.toString(first) : first + "-" + last;
  }
}
