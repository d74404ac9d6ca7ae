package dev.loraplus.training;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.loraplus.model.ModelWeights;
import java.nio.charset.StandardCharsets;
import org.tensorflow.ndarray.buffer.FloatDataBuffer;
import org.tensorflow.types.TFloat32;

/**
 * Tells base models of equal shapes apart: a hash over name, shape and some numbers of every tensor
 * of the checkpoint. Fresh tensors are left out, since they follow from the seed.
 */
final class BaseFingerprint {
  /** Numbers of a tensor, spread evenly: a whole model would take long to hash. */
  private static final int SAMPLES = 64;

  private BaseFingerprint() {}

  static String of(ModelWeights weights) {
    Hasher hasher = Hashing.murmur3_128().newHasher();
    int tensors = 0;
    for (ModelWeights.Entry entry : weights.all()) {
      if (entry.stored() == null) {
        continue;
      }
      tensors++;
      hasher.putString(entry.spec().name() + entry.spec().shape(), StandardCharsets.UTF_8);
      try (TFloat32 value = weights.initialValue(entry, 0)) {
        sample(hasher, value.asRawTensor().data().asFloats());
      }
    }
    return tensors + " tensors " + hasher.hash();
  }

  private static void sample(Hasher hasher, FloatDataBuffer numbers) {
    long last = numbers.size() - 1;
    long samples = Math.min(SAMPLES, numbers.size());
    for (long i = 0; i < samples; i++) {
      hasher.putFloat(numbers.getFloat(samples == 1 ? 0 : i * last / (samples - 1)));
    }
  }
}
