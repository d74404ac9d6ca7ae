package dev.loraplus.savedmodel.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.bytedeco.javacpp.Loader;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import plain.PlainServing;

/** Another Java process, whose class path has TensorFlow Java and {@link PlainServing} alone. */
final class PlainProcess {
  private final StringBuilder script = new StringBuilder();

  void load(Path savedModel) {
    script.append("load ").append(savedModel).append('\n');
  }

  void inputs(Map<String, Tensor> inputs) {
    inputs.forEach((key, tensor) -> script.append("input ").append(key).append(text(tensor)));
  }

  void call(String signature) {
    script.append("call ").append(signature).append('\n');
  }

  void run(String signature) {
    script.append("run ").append(signature).append('\n');
  }

  /** The outputs of all calls, in their order; a call's in the order of their keys. */
  List<float[]> outputs(Path directory) throws IOException, InterruptedException {
    Path file = Files.writeString(directory.resolve("script"), script);
    List<String> classPath = classPath(directory.resolve("classes"));
    assertThat(classPath).as("class path").noneMatch(PlainProcess::holdsThisLibrary);
    Path errors = directory.resolve("errors");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, classPath),
                PlainServing.class.getName(),
                file.toString())
            .redirectError(errors.toFile())
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    return out.lines()
        .filter(line -> line.startsWith("output "))
        .map(line -> numbers(line.split(" ")))
        .toList();
  }

  private static List<String> classPath(Path classes) throws IOException {
    Set<String> path = new LinkedHashSet<>();
    for (Class<?> type :
        List.of(
            SavedModelBundle.class, GraphDef.class, NdArray.class, Loader.class, Message.class)) {
      path.add(Path.of(uri(type.getProtectionDomain().getCodeSource().getLocation())).toString());
    }
    path.add(natives());
    String name = PlainServing.class.getName().replace('.', '/') + ".class";
    Path copy = classes.resolve(name);
    Files.createDirectories(Objects.requireNonNull(copy.getParent()));
    try (InputStream bytes =
        Objects.requireNonNull(PlainServing.class.getResourceAsStream("/" + name))) {
      Files.copy(bytes, copy);
    }
    path.add(classes.toString());
    return new ArrayList<>(path);
  }

  /** The jar with TensorFlow's native library for this platform. */
  private static String natives() throws IOException {
    String folder = "/org/tensorflow/internal/c_api/" + Loader.getPlatform() + "/";
    URL url = Objects.requireNonNull(SavedModelBundle.class.getResource(folder), folder);
    URL jar = ((JarURLConnection) url.openConnection()).getJarFileURL();
    return Path.of(uri(jar)).toString();
  }

  private static URI uri(URL url) {
    try {
      return url.toURI();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean holdsThisLibrary(String entry) {
    if (Files.isDirectory(Path.of(entry))) {
      return Files.exists(Path.of(entry, "dev", "loraplus"));
    }
    try (ZipFile jar = new ZipFile(entry)) {
      return jar.stream().anyMatch(file -> file.getName().startsWith("dev/loraplus/"));
    } catch (IOException e) {
      throw new IllegalStateException(entry, e);
    }
  }

  private static float[] numbers(String[] words) {
    float[] numbers = new float[words.length - 2];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Float.parseFloat(words[i + 2]);
    }
    return numbers;
  }

  private static String text(Tensor tensor) {
    List<String> values = new ArrayList<>();
    String type;
    if (tensor instanceof TInt32 ints) {
      type = "int32";
      ints.scalars().forEach(scalar -> values.add(Integer.toString(scalar.getInt())));
    } else if (tensor instanceof TInt64 longs) {
      type = "int64";
      longs.scalars().forEach(scalar -> values.add(Long.toString(scalar.getLong())));
    } else {
      type = "float";
      ((TFloat32) tensor).scalars().forEach(s -> values.add(Float.toString(s.getFloat())));
    }
    long[] sizes = tensor.shape().asArray();
    String shape =
        sizes.length == 0
            ? "[]"
            : Arrays.stream(sizes).mapToObj(Long::toString).collect(Collectors.joining(","));
    return " " + type + " " + shape + " " + String.join(",", values) + "\n";
  }
}
