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
   * The layers of one more pass over the same weights as they stand, without dropout. Like {@link
   * #outputs}, it holds for as long as the model stands so.
   *
   * @param scope first part of the names of the pass's operations
   * @return the layers
   */
  Layers layers(String scope);

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
