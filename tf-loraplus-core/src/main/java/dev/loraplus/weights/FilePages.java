package dev.loraplus.weights;

import com.google.common.base.Ascii;
import com.google.common.primitives.Longs;
import dev.loraplus.graph.Runs;
import dev.loraplus.graph.Sessions;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.tensorflow.DeviceSpec;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Operation;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.SplitV;
import org.tensorflow.types.TFloat32;

/**
 * Tensors that are pages of a mapped file. TensorFlow Java cannot put foreign memory under a
 * tensor, but TensorFlow's op {@code ImmutableConst} maps a whole file. It is taken as a matrix of
 * rows of 64 bytes, the alignment that TensorFlow's kernels ask for: parts of whole rows, and other
 * shapes of them, share the memory.
 */
final class FilePages {
  /** What TensorFlow's kernels expect of a tensor's first byte. */
  static final int ALIGNMENT = 64;

  /** Set to {@code false}, every tensor is copied. */
  static final String PROPERTY = "dev.loraplus.mapWeights";

  /** Below it the ops that make the view cost more than a copy. */
  private static final long LEAST_BYTES = 1 << 16;

  private static final int ROW = ALIGNMENT / Float.BYTES;

  private FilePages() {}

  /** Whether a tensor's bytes can be used where they lie. */
  static boolean holds(LocatedTensor tensor) {
    long bytes = tensor.bytes();
    // A checksum is compared while the bytes are copied.
    return isWanted()
        && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
        && tensor.tensor().type() == NumberType.F32
        && tensor.crc32c().isEmpty()
        && bytes >= LEAST_BYTES
        && bytes % ALIGNMENT == 0
        && tensor.offset() % ALIGNMENT == 0;
  }

  /** Windows lets nobody replace or delete a file while it is mapped. */
  private static boolean isWanted() {
    boolean windows = Ascii.toLowerCase(System.getProperty("os.name", "")).startsWith("windows");
    return switch (System.getProperty(PROPERTY, "true")) {
      case "true" -> !windows;
      case "false" -> false;
      default ->
          throw new IllegalArgumentException(
              PROPERTY + " must be true or false, got " + System.getProperty(PROPERTY));
    };
  }

  /**
   * Maps a file.
   *
   * @param file the file, {@code tensors} lie in it
   * @param tensors which of them are wanted; {@link #holds} is true for each
   * @return the whole file, which the caller keeps open as long as the others are in use, and the
   *     tensors in their order
   */
  static List<TFloat32> of(WeightFile file, List<LocatedTensor> tensors) {
    List<LocatedTensor> ordered = new ArrayList<>(tensors);
    ordered.sort(Comparator.comparingLong(LocatedTensor::offset));
    long rows = file.size() / ALIGNMENT;
    List<Long> sizes = new ArrayList<>();
    long position = 0;
    for (LocatedTensor tensor : ordered) {
      // What lies between two tensors is a part too, often of no rows.
      sizes.add(tensor.offset() / ALIGNMENT - position);
      sizes.add(tensor.bytes() / ALIGNMENT);
      position = (tensor.offset() + tensor.bytes()) / ALIGNMENT;
    }
    sizes.add(rows - position);
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph).withDevice(cpu());
      Operand<TFloat32> whole =
          tf.immutableConst(
              TFloat32.class, Shape.of(rows, ROW), file.path().toAbsolutePath().toString());
      Operation parts = split(tf, whole, sizes);
      try (Session session = Sessions.asIs(graph)) {
        Session.Runner runner = session.runner().fetch(whole);
        for (LocatedTensor tensor : tensors) {
          Operand<TFloat32> part = parts.output(2 * ordered.indexOf(tensor) + 1);
          runner.fetch(tf.reshape(part, tf.constant(tensor.tensor().storedShape())));
        }
        return views(Runs.run(runner));
      }
    }
  }

  /** Parts of some rows each. XLA, where it compiles chains of ops, would copy them. */
  private static Operation split(Ops tf, Operand<TFloat32> whole, List<Long> rows) {
    return tf.scope()
        .opBuilder(SplitV.OP_NAME, "parts")
        .addInput(whole.asOutput())
        .addInput(tf.constant(Longs.toArray(rows)).asOutput())
        .addInput(tf.constant(0).asOutput())
        .setAttr("num_split", rows.size())
        .setAttr("_XlaCompile", false)
        .build();
  }

  /** Each of them is closed for itself. */
  private static List<TFloat32> views(Result result) {
    List<TFloat32> views = new ArrayList<>();
    result.forEach(entry -> views.add((TFloat32) entry.getValue()));
    return views;
  }

  /** A view must not be copied to a GPU and back. */
  private static DeviceSpec cpu() {
    return DeviceSpec.newBuilder().deviceType(DeviceSpec.DeviceType.CPU).deviceIndex(0).build();
  }
}
