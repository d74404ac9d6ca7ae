package dev.loraplus.savedmodel;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.loraplus.graph.Runs;
import dev.loraplus.savedmodel.adapt.AdaptedSavedModel;
import dev.loraplus.savedmodel.flat.FlatVariable;
import dev.loraplus.savedmodel.flat.VariableOps;
import dev.loraplus.savedmodel.plan.Kernel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;

/** Tells base models of equal graphs apart: a hash over some numbers of each frozen variable. */
final class BaseValues {
  /** Numbers of a variable, spread evenly: a whole model would take long to hash. */
  private static final int SAMPLES = 64;

  private BaseValues() {}

  static String fingerprint(AdaptedSavedModel model) {
    Set<String> trained =
        model.adapted().plan().trainedInFull().stream()
            .map(Kernel::node)
            .collect(Collectors.toSet());
    List<FlatVariable> frozen =
        model.adapted().base().variables().stream()
            .filter(variable -> variable.dtype() == DataType.DT_FLOAT)
            .filter(variable -> !trained.contains(variable.node()))
            .toList();
    Hasher hasher = Hashing.murmur3_128().newHasher();
    if (!frozen.isEmpty()) {
      Ops tf = model.tf().withSubScope("fingerprint");
      Session.Runner runner = model.session().runner();
      frozen.forEach(variable -> runner.fetch(value(model, tf, variable)));
      try (Result values = Runs.run(runner)) {
        for (int i = 0; i < frozen.size(); i++) {
          hasher.putString(frozen.get(i).name(), StandardCharsets.UTF_8);
          sample(hasher, ((TFloat32) values.get(i)).asRawTensor().data().asFloats());
        }
      }
    }
    return frozen.size() + " variables " + hasher.hash();
  }

  private static Output<?> value(AdaptedSavedModel model, Ops tf, FlatVariable variable) {
    Output<?> node = model.graph().operationOrThrow(variable.node()).output(0);
    return VariableOps.read(tf, node, variable.dtype());
  }

  private static void sample(Hasher hasher, FloatDataBuffer numbers) {
    long samples = Math.min(SAMPLES, numbers.size());
    for (long i = 0; i < samples; i++) {
      hasher.putFloat(
          numbers.getFloat(samples == 1 ? 0 : i * (numbers.size() - 1) / (samples - 1)));
    }
  }
}
