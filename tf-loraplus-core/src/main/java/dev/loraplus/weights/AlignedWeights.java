package dev.loraplus.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.loraplus.json.JsonTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Rewrites safetensors files so that their tensors can be used where they lie. The format allows
 * any place; Hugging Face's library puts the data at a multiple of 8 bytes, TensorFlow needs 64.
 * Names, number formats, shapes, metadata and every number stay as they are; only the order of the
 * tensors may change: those whose size is no multiple of 64 bytes go last.
 */
public final class AlignedWeights {
  private AlignedWeights() {}

  /**
   * Rewrites what is not aligned, in place. Each file is replaced as a whole once its successor is
   * complete, so there must be room for a second copy of the largest one.
   *
   * @param path a .safetensors file, or a directory with {@code model.safetensors} or shards
   * @return the files that were rewritten; none if all were aligned
   * @throws WeightException if there is no such file, or it is damaged or cannot be replaced
   */
  public static List<Path> align(Path path) {
    List<Path> rewritten = new ArrayList<>();
    for (Path file : files(path)) {
      try (WeightFile old = WeightFile.open(file)) {
        SafetensorsFile content = SafetensorsFile.parse(old);
        if (!isAligned(content)) {
          AtomicFile.write(file, channel -> rewrite(old, content, channel));
          rewritten.add(file);
        }
      } catch (IOException e) {
        throw new WeightException(file + ": cannot be rewritten: " + e, e);
      }
    }
    return rewritten;
  }

  private static List<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    if (!HuggingFaceDirectory.matches(path)) {
      throw new WeightException(path + ": has no safetensors files to align");
    }
    return HuggingFaceDirectory.files(path);
  }

  private static boolean isAligned(SafetensorsFile content) {
    return content.entries().stream()
        .filter(AlignedWeights::isWhole)
        .allMatch(entry -> (content.dataStart() + entry.begin()) % FilePages.ALIGNMENT == 0);
  }

  /** Whether what follows a tensor is aligned if the tensor is. */
  private static boolean isWhole(SafetensorsHeader.Entry entry) {
    return (entry.end() - entry.begin()) % FilePages.ALIGNMENT == 0;
  }

  private static void rewrite(WeightFile old, SafetensorsFile content, FileChannel target)
      throws IOException {
    List<SafetensorsHeader.Entry> ordered = new ArrayList<>(content.entries());
    ordered.sort(
        Comparator.comparing(AlignedWeights::isWhole)
            .reversed()
            .thenComparingLong(SafetensorsHeader.Entry::begin));
    ByteBuffer frame = ByteBuffer.wrap(SafetensorsFrame.of(header(old, content, ordered)));
    while (frame.hasRemaining()) {
      target.write(frame);
    }
    for (SafetensorsHeader.Entry entry : ordered) {
      old.copyTo(target, content.dataStart() + entry.begin(), entry.end() - entry.begin());
    }
  }

  private static byte[] header(
      WeightFile old, SafetensorsFile content, List<SafetensorsHeader.Entry> ordered)
      throws IOException {
    int length = Math.toIntExact(content.dataStart() - Long.BYTES);
    JsonNode header =
        JsonTree.parse(new String(old.bytes(Long.BYTES, length).array(), StandardCharsets.UTF_8));
    ObjectNode result = JsonTree.object();
    JsonNode metadata = header.get(SafetensorsHeader.METADATA);
    if (metadata != null) {
      result.set(SafetensorsHeader.METADATA, metadata);
    }
    long offset = 0;
    for (SafetensorsHeader.Entry entry : ordered) {
      long end = offset + entry.end() - entry.begin();
      ObjectNode described = result.putObject(entry.name());
      described.put("dtype", entry.dtype());
      entry.shape().forEach(described.putArray("shape")::add);
      described.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    return JsonTree.text(result).getBytes(StandardCharsets.UTF_8);
  }
}
