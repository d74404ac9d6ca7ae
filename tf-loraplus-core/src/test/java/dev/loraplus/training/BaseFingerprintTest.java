package dev.loraplus.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.loraplus.fixture.Numbers;
import dev.loraplus.fixture.TinyBert;
import dev.loraplus.graph.VariableStore;
import dev.loraplus.model.Architectures;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.weights.WeightSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Training checkpoints hold the fingerprint, so it must stay what it was. */
final class BaseFingerprintTest {
  @TempDir Path directory;

  /** The strings are those of the time when each tensor was read whole. */
  @ParameterizedTest
  @CsvSource({
    "/conformance/bases/bert-cls, /conformance/bases/bert-cls, 41, c2d927f3fbb99ab21f2e459bb2230f7f",
    "/weights/single, /weights/single, 23, 0c33a22fd74b5eb33c2e42b01e76312b",
    "/weights/single, /weights/sharded, 23, 0c33a22fd74b5eb33c2e42b01e76312b",
    "/weights/single, /weights/bert.onnx, 23, 1f73a97666edb08be7d2b2df8d73f850"
  })
  void isThatOfEarlierCheckpoints(String config, String weights, int tensors, String hash) {
    check(
        TinyBert.resource(config),
        TinyBert.resource(weights),
        model -> assertThat(BaseFingerprint.of(model)).isEqualTo(tensors + " tensors " + hash));
  }

  /** In the ONNX file matrices are transposed and have other names, and the head is fresh. */
  @Test
  void ofTransposedTensorsIsThatOfWholeOnes() {
    check(
        TinyBert.resource("/weights/single"),
        TinyBert.resource("/weights/bert.onnx"),
        model -> {
          assertThat(model.all()).anyMatch(ModelWeights.Entry::transposed);
          assertThat(model.fresh()).isNotEmpty();
          assertThat(BaseFingerprint.of(model)).isEqualTo(ofWholeTensors(model));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"F32", "F16", "BF16"})
  void ofEachNumberFormatIsThatOfWholeTensors(String type) throws IOException {
    check(
        TinyBert.directory(),
        stored(type),
        model -> assertThat(BaseFingerprint.of(model)).isEqualTo(ofWholeTensors(model)));
  }

  private static void check(Path config, Path weights, Consumer<ModelWeights> assertion) {
    try (Graph graph = new Graph();
        WeightSource source = WeightSource.open(weights);
        ModelWeights model =
            new ModelWeights(
                new VariableStore(Ops.create(graph)),
                Architectures.read(config, TinyBert.TASK),
                source)) {
      assertion.accept(model);
    }
  }

  private static String ofWholeTensors(ModelWeights model) {
    List<ModelWeights.Entry> stored =
        model.all().stream().filter(entry -> entry.stored() != null).toList();
    Hasher hasher = Hashing.murmur3_128().newHasher();
    for (ModelWeights.Entry entry : stored) {
      hasher.putString(entry.spec().name() + entry.spec().shape(), StandardCharsets.UTF_8);
      try (TFloat32 whole = model.initialValue(entry, 0)) {
        float[] numbers = Numbers.of(whole);
        int samples = Math.min(64, numbers.length);
        for (int i = 0; i < samples; i++) {
          hasher.putFloat(numbers[samples == 1 ? 0 : i * (numbers.length - 1) / (samples - 1)]);
        }
      }
    }
    return stored.size() + " tensors " + hasher.hash();
  }

  /** The tiny BERT in a number format. */
  private Path stored(String type) throws IOException {
    List<String> header = new ArrayList<>();
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    try (WeightSource source = WeightSource.open(TinyBert.directory())) {
      for (String name : source.tensors().keySet()) {
        try (TFloat32 tensor = source.read(name)) {
          int begin = data.size();
          data.writeBytes(bytes(type, Numbers.of(tensor)));
          header.add(
              String.format(
                  "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}",
                  name, type, Arrays.toString(tensor.shape().asArray()), begin, data.size()));
        }
      }
    }
    byte[] text = ("{" + String.join(",", header) + "}").getBytes(StandardCharsets.UTF_8);
    ByteBuffer file =
        ByteBuffer.allocate(Long.BYTES + text.length + data.size()).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text).put(data.toByteArray());
    return Files.write(directory.resolve("model.safetensors"), file.array());
  }

  private static byte[] bytes(String type, float[] numbers) {
    ByteBuffer bytes =
        ByteBuffer.allocate(numbers.length * (type.equals("F32") ? Float.BYTES : Short.BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (float number : numbers) {
      int bits = Float.floatToRawIntBits(number);
      switch (type) {
        case "F32" -> bytes.putInt(bits);
        case "F16" -> bytes.putShort(half(bits));
        default -> bytes.putShort((short) (bits >>> 16));
      }
    }
    return bytes.array();
  }

  /** Cut off instead of rounded; what is below the normal numbers becomes 0. */
  private static short half(int bits) {
    int sign = (bits >>> 16) & 0x8000;
    int exponent = ((bits >>> 23) & 0xff) - 127 + 15;
    return (short) (exponent <= 0 ? sign : sign | (exponent << 10) | ((bits >>> 13) & 0x3ff));
  }
}
