package dev.loraplus.weights;

import org.tensorflow.types.TFloat32;

/**
 * Tensors of a checkpoint for variables that never change. Where TensorFlow can use the bytes of
 * the file as they lie, a tensor is the mapped file itself: nothing is copied, its pages are read
 * when they are first needed, and all processes that use the file share them. Elsewhere it is a
 * copy, as {@link WeightSource#read} makes it.
 *
 * <p>A mapped tensor is read-only: writing to it from Java ends the process. TensorFlow never does,
 * as long as this object is open: it updates memory in place only where nothing else holds it, and
 * this object holds the whole file. So it is closed after the sessions that hold its tensors.
 *
 * <p>A file that is cut off while it is mapped ends the process once a lost page is needed. Files
 * that are replaced by a rename, as this library writes them, are safe: the mapping keeps the old
 * one. For files that others overwrite in place, or on network drives that may go away, switch
 * mapping off with {@code -Ddev.loraplus.mapWeights=false}.
 */
public interface FrozenTensors extends AutoCloseable {
  /**
   * A tensor in its stored layout, as float32; the caller closes it.
   *
   * @param name a key of {@link WeightSource#tensors()}
   * @return a tensor that must not be written to
   * @throws WeightException if the name is unknown or the file is not what its header says
   */
  TFloat32 read(String name);

  /** Lets the files go. Tensors that were read stay valid. */
  @Override
  default void close() {}
}
