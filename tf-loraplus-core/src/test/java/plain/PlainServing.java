package plain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * A program that knows TensorFlow Java alone. It follows the lines of a file and prints every
 * output of every call:
 *
 * <pre>
 * load DIRECTORY
 * input KEY float|int32|int64 SIZE,SIZE... NUMBER,NUMBER...
 * call SIGNATURE     by SavedModelBundle's function
 * run SIGNATURE      by a session and the names of tensors
 * </pre>
 *
 * <p>Inputs hold until the next {@code load}; a signature takes those that it has.
 */
public final class PlainServing implements AutoCloseable {
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final SavedModelBundle bundle;

  private PlainServing(SavedModelBundle bundle) {
    this.bundle = bundle;
  }

  /**
   * Follows a file.
   *
   * @param arguments the file
   * @throws IOException if it cannot be read
   */
  public static void main(String[] arguments) throws IOException {
    PlainServing model = null;
    try (Stream<String> lines = Files.lines(Path.of(arguments[0]))) {
      for (String line : lines.toList()) {
        String[] words = line.split(" ");
        if (words[0].equals("load")) {
          if (model != null) {
            model.close();
          }
          model = new PlainServing(SavedModelBundle.load(words[1], "serve"));
        } else if (model != null) {
          model.follow(words);
        }
      }
    } finally {
      if (model != null) {
        model.close();
      }
    }
  }

  private void follow(String[] words) {
    switch (words[0]) {
      case "input" -> inputs.put(words[1], tensor(words[2], words[3], words[4].split(",")));
      case "call" -> call(words[1]);
      case "run" -> run(words[1]);
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private static Tensor tensor(String type, String sizes, String[] numbers) {
    Shape shape =
        sizes.equals("[]")
            ? Shape.scalar()
            : Shape.of(Stream.of(sizes.split(",")).mapToLong(Long::parseLong).toArray());
    return switch (type) {
      case "int32" ->
          TInt32.tensorOf(
              shape, DataBuffers.of(Stream.of(numbers).mapToInt(Integer::parseInt).toArray()));
      case "int64" ->
          TInt64.tensorOf(
              shape, DataBuffers.of(Stream.of(numbers).mapToLong(Long::parseLong).toArray()));
      default -> {
        float[] values = new float[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
          values[i] = Float.parseFloat(numbers[i]);
        }
        yield TFloat32.tensorOf(shape, DataBuffers.of(values));
      }
    };
  }

  private void call(String signature) {
    Map<String, Tensor> taken = new LinkedHashMap<>(inputs);
    taken.keySet().retainAll(definition(signature).getInputsMap().keySet());
    try (Result result = bundle.function(signature).call(taken)) {
      Map<String, Tensor> sorted = new TreeMap<>();
      result.forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
      sorted.forEach(PlainServing::print);
    }
  }

  private void run(String signature) {
    SignatureDef definition = definition(signature);
    Session.Runner runner = bundle.session().runner();
    definition.getInputsMap().forEach((key, info) -> runner.feed(info.getName(), inputs.get(key)));
    Map<String, TensorInfo> outputs = new TreeMap<>(definition.getOutputsMap());
    outputs.values().forEach(info -> runner.fetch(info.getName()));
    try (Result result = runner.run()) {
      int next = 0;
      for (String key : outputs.keySet()) {
        print(key, result.get(next++));
      }
    }
  }

  private SignatureDef definition(String signature) {
    return bundle.metaGraphDef().getSignatureDefOrThrow(signature);
  }

  private static void print(String key, Tensor tensor) {
    StringBuilder line = new StringBuilder("output ").append(key);
    ((TFloat32) tensor).scalars().forEach(scalar -> line.append(' ').append(scalar.getFloat()));
    System.out.println(line);
  }

  @Override
  public void close() {
    inputs.values().forEach(Tensor::close);
    bundle.close();
  }
}
