package dev.loraplus.adapter;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Finds what a user may have meant by a name that matches nothing. */
public final class NearMisses {
  private static final int SHOWN = 5;

  private NearMisses() {}

  /**
   * The closest endings of the paths, nearest first.
   *
   * @param name what matches nothing
   * @param paths what there is
   * @return names with commas between
   */
  public static String of(String name, Collection<String> paths) {
    long components = name.chars().filter(c -> c == '.').count() + 1;
    List<String> endings = paths.stream().map(path -> ending(path, components)).distinct().toList();
    return endings.stream()
        .sorted(Comparator.comparingInt((String e) -> distance(name, e)))
        .limit(SHOWN)
        .collect(Collectors.joining(", "));
  }

  private static String ending(String path, long components) {
    int start = path.length();
    for (long i = 0; i < components && start >= 0; i++) {
      start = path.lastIndexOf('.', start - 1);
    }
    return path.substring(start + 1);
  }

  /** Levenshtein distance: least insertions, deletions and substitutions. */
  private static int distance(String s, String t) {
    int[] row = new int[t.length() + 1];
    for (int j = 0; j <= t.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= s.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= t.length(); j++) {
        int substitute = diagonal + (s.charAt(i - 1) == t.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substitute, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[t.length()];
  }
}
