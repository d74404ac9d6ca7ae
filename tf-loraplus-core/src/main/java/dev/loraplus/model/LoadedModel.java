package dev.loraplus.model;

import org.tensorflow.Session;
import org.tensorflow.op.Ops;

/** A network in a TensorFlow graph and a session that holds its weights, ready to run. */
public interface LoadedModel extends AutoCloseable {
  /**
   * The network.
   *
   * @return names, shapes and limits
   */
  Architecture architecture();

  /**
   * The placeholders of a batch.
   *
   * @return the inputs of every pass
   */
  ModelInputs inputs();

  /**
   * The network as it stands, without dropout.
   *
   * @return what it gives
   */
  ModelOutputs outputs();

  /**
   * Builder of the graph, for operations on the outputs.
   *
   * @return the builder
   */
  Ops tf();

  /**
   * The session that holds the weights.
   *
   * @return closed with this model
   */
  Session session();

  @Override
  void close();
}
