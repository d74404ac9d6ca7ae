package dev.loraplus.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;

/** Where the time of a step goes by kind of op, from TensorFlow's own step statistics. */
final class StepProfile {
  /** A timeline label reads "name = Kind(inputs)". */
  private static final Pattern KIND = Pattern.compile("= *([A-Za-z_0-9]+)\\(");

  /** What tells the kernels that XLA makes of one kind apart: fusion_12, fusion.3. */
  private static final Pattern NUMBER = Pattern.compile("[._]\\d+(__.*)?$");

  private final Map<String, Share> shares = new TreeMap<>();

  /** Ops of one kind on one device. */
  private static final class Share {
    private long micros;
    private long count;
  }

  private StepProfile() {}

  static StepProfile of(RunMetadata metadata) {
    StepProfile profile = new StepProfile();
    for (DeviceStepStats device : metadata.getStepStats().getDevStatsList()) {
      // TensorFlow lists what a GPU does once for its streams together and once for each.
      if (device.getDevice().matches(".*stream:\\d+.*")) {
        continue;
      }
      for (NodeExecStats node : device.getNodeStatsList()) {
        profile.add(kind(node), node.getOpEndRelMicros() - node.getOpStartRelMicros());
      }
    }
    return profile;
  }

  private static String kind(NodeExecStats node) {
    Matcher matcher = KIND.matcher(node.getTimelineLabel());
    return matcher.find() ? matcher.group(1) : NUMBER.matcher(node.getNodeName()).replaceFirst("");
  }

  private void add(String kind, long micros) {
    Share share = shares.computeIfAbsent(kind, any -> new Share());
    share.micros += micros;
    share.count++;
  }

  /** One line for each of the kinds that took longest, then the sum. */
  List<String> lines(int kinds) {
    long total = shares.values().stream().mapToLong(share -> share.micros).sum();
    List<Map.Entry<String, Share>> sorted = new ArrayList<>(shares.entrySet());
    sorted.sort(Comparator.comparingLong(entry -> -entry.getValue().micros));
    List<String> lines = new ArrayList<>();
    sorted.stream()
        .limit(kinds)
        .forEach(entry -> lines.add(line(entry.getKey(), entry.getValue(), total)));
    lines.add(String.format(Locale.ROOT, "%-34s %8.1f ms of op time", "all", total / 1e3));
    return lines;
  }

  private static String line(String kind, Share share, long total) {
    return String.format(
        Locale.ROOT,
        "%-34s %8.1f ms %5.1f %%  %6d ops",
        kind,
        share.micros / 1e3,
        100.0 * share.micros / total,
        share.count);
  }
}
