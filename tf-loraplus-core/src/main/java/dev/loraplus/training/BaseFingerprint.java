package dev.loraplus.training;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import dev.loraplus.model.ModelWeights;
import dev.loraplus.weights.StoredTensor;
import java.nio.charset.StandardCharsets;
import java.util.stream.LongStream;

/**
 * Tells base models of equal shapes apart: a hash over name, shape and some numbers of every tensor
 * of the checkpoint. Fresh tensors are left out, since they follow from the seed.
 */
final class BaseFingerprint {
  /** Numbers of a tensor, spread evenly: a whole model would take long to read and to hash. */
  private static final int SAMPLES = 64;

  private BaseFingerprint() {}

  static String of(ModelWeights weights) {
    Hasher hasher = Hashing.murmur3_128().newHasher();
    int tensors = 0;
    for (ModelWeights.Entry entry : weights.all()) {
      StoredTensor stored = entry.stored();
      if (stored == null) {
        continue;
      }
      tensors++;
      hasher.putString(entry.spec().name() + entry.spec().shape(), StandardCharsets.UTF_8);
      for (float number : weights.storedNumbers(stored, sample(stored.shape().size()))) {
        hasher.putFloat(number);
      }
    }
    return tensors + " tensors " + hasher.hash();
  }

  private static long[] sample(long size) {
    long samples = Math.min(SAMPLES, size);
    return LongStream.range(0, samples)
        .map(i -> samples == 1 ? 0 : i * (size - 1) / (samples - 1))
        .toArray();
  }
}
