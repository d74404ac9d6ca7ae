package dev.loraplus.benchmarks;

import static java.util.stream.Collectors.toList;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
  private final List<Span> spans = new ArrayList<>();

  /** When something ran, in microseconds of one clock. */
  private record Span(String device, String what, long start, long end) {}

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
        profile.spans.add(
            new Span(
                device.getDevice(),
                node.getNodeName(),
                node.getAllStartMicros(),
                node.getAllStartMicros() + node.getAllEndRelMicros()));
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

  /** When each device began and ended, and the longest ops with their begin. */
  List<String> timeline(int ops) {
    long begin = spans.stream().mapToLong(Span::start).min().orElse(0);
    List<String> lines = new ArrayList<>();
    Map<String, List<Span>> devices =
        spans.stream().collect(Collectors.groupingBy(Span::device, TreeMap::new, toList()));
    devices.forEach(
        (device, all) ->
            lines.add(
                String.format(
                    Locale.ROOT,
                    "%-60s from %8.2f to %8.2f ms, %d ops",
                    device,
                    (all.stream().mapToLong(Span::start).min().orElse(0) - begin) / 1e3,
                    (all.stream().mapToLong(Span::end).max().orElse(0) - begin) / 1e3,
                    all.size())));
    spans.stream()
        .sorted(Comparator.comparingLong(span -> span.start() - span.end()))
        .limit(ops)
        .sorted(Comparator.comparingLong(Span::start))
        .forEach(
            span ->
                lines.add(
                    String.format(
                        Locale.ROOT,
                        "%8.2f + %7.2f ms %s",
                        (span.start() - begin) / 1e3,
                        (span.end() - span.start()) / 1e3,
                        span.what())));
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
