package dev.loraplus.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceDirectoryTest {
  private static final String INDEX = "model.safetensors.index.json";
  private static final String FIRST = "model-00001-of-00002.safetensors";
  private static final String SECOND = "model-00002-of-00002.safetensors";

  private final Path directory;

  HuggingFaceDirectoryTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @BeforeEach
  void copyTheShards() throws IOException {
    for (String name : List.of(INDEX, FIRST, SECOND)) {
      Files.copy(Fixtures.path("sharded/" + name), directory.resolve(name));
    }
  }

  @Test
  void shardsHoldTheSameAsTheSingleFile() {
    try (WeightSource sharded = WeightSource.open(directory);
        WeightSource single = WeightSource.open(Fixtures.path("single"))) {
      assertThat(sharded.tensors()).hasSize(23).isEqualTo(single.tensors());
      for (String name : single.tensors().keySet()) {
        assertThat(Fixtures.read(sharded, name)).isEqualTo(Fixtures.read(single, name));
      }
      assertThat(sharded.description()).isEqualTo(directory.toString());
    }
  }

  @Test
  void aMissingShardIsNamed() throws IOException {
    Files.delete(directory.resolve(SECOND));
    assertFault("names the shard " + SECOND + ", which is missing from " + directory);
  }

  @Test
  void aTensorThatTheIndexDoesNotListIsNamed() throws IOException {
    edit("\"pooler.dense.bias\": \"" + SECOND + "\",", "");
    assertFault(
        "does not agree with "
            + SECOND
            + ", which holds 'pooler.dense.bias' (the index says: nothing)");
  }

  @Test
  void aTensorInAnotherShardThanTheIndexSaysIsNamed() throws IOException {
    edit("\"pooler.dense.bias\": \"" + SECOND, "\"pooler.dense.bias\": \"" + FIRST);
    assertFault("'pooler.dense.bias' (the index says: " + FIRST + ")");
  }

  @Test
  void aTensorThatNoShardHoldsIsNamed() throws IOException {
    edit("\"weight_map\": {", "\"weight_map\": {\"ghost\": \"" + FIRST + "\",");
    assertFault("says that " + FIRST + " holds 'ghost', which it does not");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../secret.safetensors",
        "/etc/passwd",
        "a/b",
        "..",
        ".",
        "",
        "C:\\\\x",
        "a\\u0000"
      })
  void aShardOutsideTheDirectoryIsRefused(String shard) throws IOException {
    edit("\"pooler.dense.bias\": \"" + SECOND, "\"pooler.dense.bias\": \"" + shard);
    assertFault("tensor 'pooler.dense.bias': a shard must be a plain file name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{}", "{\"weight_map\": {}}", "{\"weight_map\": 1}"})
  void anIndexWithoutAMapIsRefused(String text) throws IOException {
    Files.writeString(directory.resolve(INDEX), text);
    assertFault(directory.resolve(INDEX) + ": ");
  }

  @Test
  void anIndexThatListsATensorTwiceIsRefused() throws IOException {
    edit("\"weight_map\": {", "\"weight_map\": {\"pooler.dense.bias\": \"" + FIRST + "\",");
    assertFault("Duplicate field 'pooler.dense.bias'");
  }

  @Test
  void aDamagedShardIsNamed() throws IOException {
    Files.write(directory.resolve(SECOND), new byte[20]);
    assertFault(directory.resolve(SECOND) + ": ");
  }

  private void edit(String from, String to) throws IOException {
    Path index = directory.resolve(INDEX);
    String text = Files.readString(index);
    assertThat(text).contains(from);
    Files.writeString(index, text.replace(from, to));
  }

  private void assertFault(String reason) {
    assertThatThrownBy(() -> WeightSource.open(directory))
        .isInstanceOf(WeightException.class)
        .hasMessageContaining(reason);
  }
}
