package dev.loraplus.model;

import java.util.HashSet;
import java.util.Set;

/**
 * The frequencies of rotary positions (Su et al., arXiv 2104.09864) with the scalings that Llama's
 * configurations name.
 */
sealed interface Rope {
  /**
   * The frequencies of a head.
   *
   * @param size features of a head, even
   * @return size / 2 numbers
   */
  float[] frequencies(int size);

  /**
   * f_i = theta^(-2 i / size).
   *
   * @param theta base of the wavelengths
   */
  record Plain(double theta) implements Rope {
    @Override
    public float[] frequencies(int size) {
      float[] frequencies = new float[size / 2];
      for (int i = 0; i < frequencies.length; i++) {
        // Each result is rounded to float, as torch does it: long texts multiply the difference.
        frequencies[i] = 1f / (float) Math.pow(theta, 2f * i / size);
      }
      return frequencies;
    }
  }

  /**
   * f_i / factor.
   *
   * @param theta base of the wavelengths
   * @param factor how much longer texts may be
   */
  record Linear(double theta, double factor) implements Rope {
    @Override
    public float[] frequencies(int size) {
      float[] frequencies = new Plain(theta).frequencies(size);
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] /= (float) factor;
      }
      return frequencies;
    }
  }

  /**
   * Llama 3.1: with wavelength l_i = 2 pi / f_i and m = length / l_i, frequencies of m above high
   * stay, those of m below low are divided by the factor, and those between are mixed: (1 - s) f_i
   * / factor + s f_i with s = (m - low) / (high - low).
   *
   * @param theta base of the wavelengths
   * @param factor how much longer texts may be
   * @param low wavelengths of a pretraining text below which a frequency is scaled in full
   * @param high wavelengths of a pretraining text above which it stays
   * @param length tokens of a pretraining text
   */
  record Llama3(double theta, double factor, double low, double high, int length) implements Rope {
    @Override
    public float[] frequencies(int size) {
      float[] frequencies = new Plain(theta).frequencies(size);
      for (int i = 0; i < frequencies.length; i++) {
        frequencies[i] = scaled(frequencies[i]);
      }
      return frequencies;
    }

    private float scaled(float frequency) {
      float wavelength = (float) (2 * Math.PI) / frequency;
      if (wavelength < length / high) {
        return frequency;
      }
      if (wavelength > length / low) {
        return frequency / (float) factor;
      }
      float smooth = (float) ((length / wavelength - low) / (high - low));
      return (1 - smooth) * frequency / (float) factor + smooth * frequency;
    }
  }

  /**
   * Reads the settings of a {@code config.json}: {@code rope_parameters}, or {@code rope_scaling}
   * and {@code rope_theta} beside it, as older files have them.
   */
  static Rope read(JsonConfig json, int maxPositions) {
    if (json.number("partial_rotary_factor", 1) != 1) {
      throw json.fault("partial_rotary_factor", "must be 1");
    }
    boolean old = json.has("rope_scaling");
    if (old && json.has("rope_parameters")) {
      throw json.fault("rope_scaling", "must not stand beside rope_parameters");
    }
    double theta = json.aboveZero("rope_theta", 10_000);
    if (!old && !json.has("rope_parameters")) {
      return new Plain(theta);
    }
    JsonConfig rope = json.object(old ? "rope_scaling" : "rope_parameters");
    Set<String> unread = new HashSet<>(rope.keys());
    Rope read = read(json, rope, rope.aboveZero("rope_theta", theta), maxPositions, unread);
    for (String key : rope.keys()) {
      if (unread.contains(key) && rope.has(key)) {
        throw rope.fault(key, "is not a setting of these rotary positions");
      }
    }
    return read;
  }

  private static Rope read(
      JsonConfig json, JsonConfig rope, double theta, int maxPositions, Set<String> unread) {
    unread.removeAll(Set.of("rope_type", "type", "rope_theta", "partial_rotary_factor"));
    if (rope.number("partial_rotary_factor", 1) != 1) {
      throw rope.fault("partial_rotary_factor", "must be 1");
    }
    String key = rope.has("rope_type") ? "rope_type" : "type";
    return switch (rope.text(key, "default")) {
      case "default" -> new Plain(theta);
      case "linear" -> {
        unread.remove("factor");
        yield new Linear(theta, rope.aboveZero("factor"));
      }
      case "llama3" -> {
        unread.removeAll(
            Set.of(
                "factor",
                "low_freq_factor",
                "high_freq_factor",
                "original_max_position_embeddings"));
        yield llama3(json, rope, theta, maxPositions);
      }
      default -> throw rope.fault(key, "must be one of default, linear, llama3");
    };
  }

  private static Rope llama3(JsonConfig json, JsonConfig rope, double theta, int maxPositions) {
    String length = "original_max_position_embeddings";
    double low = rope.aboveZero("low_freq_factor");
    double high = rope.aboveZero("high_freq_factor");
    if (high <= low) {
      throw rope.fault("high_freq_factor", "must be above low_freq_factor " + low);
    }
    return new Llama3(
        theta,
        rope.aboveZero("factor"),
        low,
        high,
        json.has(length) ? json.positive(length) : rope.positive(length, maxPositions));
  }
}
