package dev.loraplus.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.loraplus.config.CheckpointConfig;
import dev.loraplus.json.JsonTree;
import dev.loraplus.weights.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of a run, one directory each. A checkpoint is written beside its place and moved
 * there in one rename, so that whatever lies in place is whole; older ones go after that.
 */
final class CheckpointStore {
  private static final String PREFIX = "step-";
  private static final String REPLACED = ".replaced-";
  private static final Pattern PLACE = Pattern.compile("step-.*");
  private static final Pattern LEFTOVER =
      Pattern.compile("\\.step-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final Pattern REPLACED_PLACE = Pattern.compile("\\.replaced-step-.*");
  private static final String STATE = "state.json";

  private final CheckpointConfig config;

  /**
   * A store.
   *
   * @param config its directory, and how often and how many
   */
  CheckpointStore(CheckpointConfig config) {
    this.config = config;
  }

  /** Writes the tensors of a checkpoint into its directory. */
  interface Tensors {
    /**
     * Writes them.
     *
     * @param directory is there and empty
     */
    void writeTo(Path directory);
  }

  /**
   * What a checkpoint holds besides tensors.
   *
   * @param step steps taken
   * @param lastLoss loss of the last of them
   * @param evaluations so far
   * @param identity what must be the same for a run to continue, by name
   */
  record State(
      long step,
      double lastLoss,
      List<EvaluationReport> evaluations,
      Map<String, String> identity) {}

  /**
   * Whether a checkpoint is to be written.
   *
   * @param step steps taken
   * @return true every so many steps
   */
  boolean due(long step) {
    return step % config.everySteps() == 0;
  }

  /**
   * Writes a checkpoint, then deletes the oldest that are too many.
   *
   * @param state all but the tensors
   * @param tensors write themselves
   * @throws CheckpointException if it cannot be written
   */
  void save(State state, Tensors tensors) {
    Path place = place(state.step());
    Path temporary = config.directory().resolve("." + PREFIX + UUID.randomUUID());
    try {
      Files.createDirectories(temporary);
      try {
        tensors.writeTo(temporary);
        String text = JsonTree.text(json(state));
        AtomicFile.write(temporary.resolve(STATE), text.getBytes(StandardCharsets.UTF_8));
        moveIn(temporary, place);
      } finally {
        deleteIfPresent(temporary);
      }
      List<Path> all = all();
      for (Path old : all.subList(0, Math.max(0, all.size() - config.keep()))) {
        deleteIfPresent(old);
      }
    } catch (IOException e) {
      throw new CheckpointException(place + ": cannot be written: " + e, e);
    }
  }

  /** What was in place stays beside it until the new one is there. */
  private static void moveIn(Path temporary, Path place) throws IOException {
    Path old = place.resolveSibling(REPLACED + place.getFileName());
    if (Files.exists(place)) {
      Files.move(place, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
    deleteIfPresent(old);
  }

  /**
   * Tidies up after a process that was killed while it saved: half-written checkpoints go, one that
   * was to be replaced comes back unless its replacement arrived.
   *
   * @throws CheckpointException if the directory cannot be changed
   */
  void recover() {
    try {
      for (Path left : entries(LEFTOVER)) {
        deleteIfPresent(left);
      }
      for (Path old : entries(REPLACED_PLACE)) {
        String name = old.getFileName().toString().substring(REPLACED.length());
        if (Files.exists(old.resolveSibling(name))) {
          deleteIfPresent(old);
        } else {
          Files.move(old, old.resolveSibling(name), StandardCopyOption.ATOMIC_MOVE);
        }
      }
    } catch (IOException e) {
      throw new CheckpointException(config.directory() + ": cannot be tidied up: " + e, e);
    }
  }

  /**
   * For a fresh run, whose checkpoints would count as older than those of another run.
   *
   * @throws CheckpointException if there is a checkpoint
   */
  void requireNone() {
    Optional<Path> latest = latest();
    if (latest.isPresent()) {
      throw new CheckpointException(
          latest.get()
              + ": the directory of a fresh run must hold no checkpoints (call resume() to"
              + " continue that run, or choose another directory)");
    }
  }

  /**
   * The newest checkpoint.
   *
   * @return empty if there is none
   * @throws CheckpointException if the directory cannot be read
   */
  Optional<Path> latest() {
    try {
      List<Path> all = all();
      return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
    } catch (IOException e) {
      throw new CheckpointException(config.directory() + ": cannot be read: " + e, e);
    }
  }

  /**
   * Reads a checkpoint's state.
   *
   * @param checkpoint its directory
   * @param identity of the run that is to continue
   * @return the state
   * @throws CheckpointException if it is damaged, or of a run that differs, saying in what
   */
  static State read(Path checkpoint, Map<String, String> identity) {
    Path file = checkpoint.resolve(STATE);
    try {
      JsonNode root = JsonTree.read(file);
      Map<String, String> stored = new LinkedHashMap<>();
      root.path("identity")
          .properties()
          .forEach(field -> stored.put(field.getKey(), field.getValue().asText()));
      requireSame(checkpoint, stored, identity);
      return new State(
          root.path("step").longValue(),
          Double.parseDouble(root.path("lastLoss").asText()),
          evaluations(root.path("evaluations")),
          stored);
    } catch (IOException | NumberFormatException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("unreadable");
      throw new CheckpointException(file + ": damaged: " + reason, e);
    }
  }

  private static void requireSame(
      Path checkpoint, Map<String, String> stored, Map<String, String> wanted) {
    TreeSet<String> names = new TreeSet<>(stored.keySet());
    names.addAll(wanted.keySet());
    List<String> different = new ArrayList<>();
    for (String name : names) {
      String before = stored.getOrDefault(name, "(none)");
      String now = wanted.getOrDefault(name, "(none)");
      if (!before.equals(now)) {
        different.add(name + " was " + before + " and is " + now);
      }
    }
    if (!different.isEmpty()) {
      throw new CheckpointException(
          checkpoint
              + ": belongs to another run: "
              + String.join("; ", different)
              + " (use another checkpoint directory, or the settings of that run)");
    }
  }

  private Path place(long step) {
    return config.directory().resolve(String.format(Locale.ROOT, "%s%09d", PREFIX, step));
  }

  private List<Path> all() throws IOException {
    return entries(PLACE);
  }

  private List<Path> entries(Pattern name) throws IOException {
    if (!Files.isDirectory(config.directory())) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(config.directory())) {
      return entries
          .filter(path -> name.matcher(path.getFileName().toString()).matches())
          .sorted(Comparator.comparing(path -> path.getFileName().toString()))
          .toList();
    }
  }

  private static ObjectNode json(State state) {
    ObjectNode root = JsonTree.object();
    root.put("step", state.step());
    root.put("lastLoss", Double.toString(state.lastLoss()));
    ArrayNode evaluations = root.putArray("evaluations");
    for (EvaluationReport report : state.evaluations()) {
      ObjectNode node = evaluations.addObject();
      node.put("step", report.step());
      node.put("loss", Double.toString(report.loss()));
      node.put("seconds", report.seconds());
      ObjectNode metrics = node.putObject("metrics");
      report.metrics().forEach((name, value) -> metrics.put(name, Double.toString(value)));
    }
    ObjectNode identity = root.putObject("identity");
    state.identity().forEach(identity::put);
    return root;
  }

  private static List<EvaluationReport> evaluations(JsonNode nodes) {
    List<EvaluationReport> reports = new ArrayList<>();
    for (JsonNode node : nodes) {
      Map<String, Double> metrics = new LinkedHashMap<>();
      node.path("metrics")
          .properties()
          .forEach(
              field -> metrics.put(field.getKey(), Double.parseDouble(field.getValue().asText())));
      reports.add(
          new EvaluationReport(
              node.path("step").longValue(),
              Double.parseDouble(node.path("loss").asText()),
              metrics,
              node.path("seconds").doubleValue()));
    }
    return reports;
  }

  private static void deleteIfPresent(Path directory) throws IOException {
    if (Files.exists(directory)) {
      MoreFiles.deleteRecursively(directory, RecursiveDeleteOption.ALLOW_INSECURE);
    }
  }
}
