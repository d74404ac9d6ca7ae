package dev.loraplus.data.batch;

/** The order in which an epoch visits the examples. */
public enum BatchOrder {
  /** Every epoch in a new random order. */
  SHUFFLED,
  /**
   * Examples of one length bucket together, in a new random order within the bucket, and the
   * batches in a random order. Less padding; batches are less mixed.
   */
  LENGTH_GROUPED,
  /** As in the dataset, for evaluation. */
  SEQUENTIAL
}
