package dev.loraplus.samples.paper.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.loraplus.weights.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a run came to.
 *
 * @param bleu as sacrebleu's default
 * @param nist as mteval's default
 * @param rougeL as in the E2E challenge
 * @param rougeByMeaning the same for each meaning
 * @param loss of a token of the development texts
 * @param losses of the training steps
 */
@SuppressWarnings("ArrayRecordComponent")
record E2eResult(
    double bleu,
    double nist,
    double rougeL,
    double[] rougeByMeaning,
    double loss,
    double[] losses) {
  private static final ObjectMapper JSON = new ObjectMapper();

  void write(Path file) {
    try {
      AtomicFile.write(
          file, (JSON.writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file + ": " + e, e);
    }
  }

  /** What a finished run wrote. */
  static Optional<E2eResult> read(Path file) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      JsonNode object = JSON.readTree(file.toFile());
      return Optional.of(
          new E2eResult(
              object.path("bleu").doubleValue(),
              object.path("nist").doubleValue(),
              object.path("rougeL").doubleValue(),
              doubles(object.path("rougeByMeaning")),
              object.path("loss").doubleValue(),
              doubles(object.path("losses"))));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e, e);
    }
  }

  private static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    Arrays.setAll(values, i -> array.get(i).doubleValue());
    return values;
  }

  /** The training losses in a metrics file. */
  static double[] losses(Path metrics) {
    List<Double> losses = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(metrics)) {
        JsonNode object = JSON.readTree(line);
        if (object.path("type").textValue().equals("step")) {
          losses.add(object.path("loss").doubleValue());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + metrics + ": " + e, e);
    }
    return losses.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
