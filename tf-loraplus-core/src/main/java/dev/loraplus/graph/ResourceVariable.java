package dev.loraplus.graph;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.family.TType;

/**
 * A float32 resource variable of a graph with the ops around it, each made once.
 *
 * @param name unique in the graph
 * @param shape fully known
 * @param handle the resource
 * @param value the one read of it that the forward pass uses
 * @param feed placeholder of the value that {@code assign} stores
 * @param assign stores the fed tensor; the variable shares its buffer
 */
public record ResourceVariable(
    String name,
    Shape shape,
    Operand<? extends TType> handle,
    Operand<TFloat32> value,
    Operand<TFloat32> feed,
    Op assign) {}
