package dev.loraplus.weights;

import java.util.Map;
import org.tensorflow.types.TFloat32;

/**
 * Named tensors on disk under the names of a Hugging Face checkpoint, whatever the file format.
 * Files are memory-mapped: opening is cheap, and only tensors that are read cost memory.
 */
public interface WeightSource extends AutoCloseable {
  /**
   * What the source holds.
   *
   * @return tensors by checkpoint name, in the order of the file, immutable
   */
  Map<String, StoredTensor> tensors();

  /**
   * Reads one tensor as float32, in its stored layout. The caller closes it; it stays valid only
   * while this source is open.
   *
   * @param name a key of {@link #tensors()}
   * @return a tensor of the shape {@link StoredTensor#storedShape()}
   * @throws WeightException if the name is unknown or the file is not what its header says
   */
  TFloat32 read(String name);

  /**
   * What to call this source in a message.
   *
   * @return usually the path
   */
  String description();

  /** Unmaps the files. */
  @Override
  void close();
}
