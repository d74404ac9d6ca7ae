package dev.loraplus.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightSourceTest {
  private final Path directory;

  WeightSourceTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static void assertFault(Path path, String message) {
    assertThatThrownBy(() -> WeightSource.open(path))
        .isInstanceOf(WeightException.class)
        .hasMessage(path + ": " + message);
  }

  @Test
  void whatIsLookedForIsListed() {
    assertFault(
        directory,
        "no weights found; looked for model.safetensors, model.safetensors.index.json (Hugging"
            + " Face), saved_model.pb (SavedModel) and model.onnx");
  }

  @Test
  void aPickleIsRefusedWithTheFix() throws IOException {
    Files.createFile(directory.resolve("pytorch_model.bin"));
    assertFault(
        directory,
        "has only pytorch_model.bin, a Python pickle; convert it to safetensors: in Python, load"
            + " the model with from_pretrained and call save_pretrained(directory)");
  }

  @Test
  void whatIsNotThereOrNotKnownIsNamed() throws IOException {
    assertFault(directory.resolve("absent"), "no such file or directory");
    assertFault(
        Files.createFile(directory.resolve("weights.h5")),
        "not a known weight file; expected *.safetensors or *.onnx, or a directory");
    assertFault(
        Files.createDirectory(directory.resolve("folder.onnx")),
        "no weights found; looked for model.safetensors, model.safetensors.index.json (Hugging"
            + " Face), saved_model.pb (SavedModel) and model.onnx");
  }

  @Test
  void tensorsCannotBeChanged() {
    try (WeightSource source = WeightSource.open(Fixtures.path("single"))) {
      assertThat(source.tensors()).isUnmodifiable();
    }
  }

  @Test
  void aDirectoryInPlaceOfTheFileIsRefused() throws IOException {
    Files.createDirectory(directory.resolve("model.safetensors"));
    assertThatThrownBy(() -> WeightSource.open(directory))
        .isInstanceOf(WeightException.class)
        .hasMessage(directory.resolve("model.safetensors") + ": is not a regular file");
  }
}
