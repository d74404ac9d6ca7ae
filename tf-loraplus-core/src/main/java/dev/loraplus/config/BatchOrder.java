package dev.loraplus.config;

/** In which order a training epoch visits the examples; a function of (seed, epoch). */
public enum BatchOrder {
  /** Every order is equally likely. */
  SHUFFLED,
  /** Batches hold texts of similar length, which saves padding; the batches are shuffled. */
  GROUPED_BY_LENGTH,
  /** The order of the data. */
  SEQUENTIAL
}
