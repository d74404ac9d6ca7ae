package dev.loraplus.samples.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Files of an artifact on the class path. */
record Artifact(String name, String coordinates) {
  /** Opens a file. */
  InputStream open(String resource) {
    InputStream bytes = Artifact.class.getClassLoader().getResourceAsStream(resource);
    if (bytes == null) {
      throw new IllegalStateException(
          "%s is not on the class path (no resource %s): add %s, or build the samples with: mvn -pl samples -am package"
              .formatted(name, resource, coordinates));
    }
    return bytes;
  }

  /** All lines of a file. */
  List<String> lines(String resource) {
    try (InputStream bytes = open(resource)) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + resource + ": " + e.getMessage(), e);
    }
  }
}
