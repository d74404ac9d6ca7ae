package dev.loraplus.config;

/** How A starts; B always starts at zero, so that an untrained adapter changes nothing. */
public enum LoraInit {
  /** A ~ U(-b, b) with b = sqrt(6 / ((1 + 5) fan_in)) = 1/sqrt(fan_in): peft's {@code true}. */
  KAIMING_UNIFORM,
  /** A ~ N(0, 1/r^2): peft's {@code "gaussian"}. */
  GAUSSIAN
}
