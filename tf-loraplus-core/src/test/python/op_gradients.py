"""Records what Python TensorFlow gives as derivatives of ops that the C++ library cannot
differentiate.

Run from tf-loraplus-core: python src/test/python/op_gradients.py
Needs: tensorflow.

src/test/resources/gradients/ops.json: a list of
  name       of the case
  op         its type
  attributes those that the inputs do not imply
  inputs     {dtype, shape, values}; a variable has "variable": true; a list of tensors is a list
  weights    for each output, what multiplies it in the loss, the sum of all products; null: not in it
  gradients  for each input (inputs of lists one after another) the derivative of the loss, or null
"""

import json
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import numpy as np
import tensorflow as tf

OUT = Path("src/test/resources/gradients/ops.json")
RANDOM = np.random.default_rng(1)


def real(*shape, low=-1.0, high=1.0, dtype="float64"):
    return RANDOM.uniform(low, high, shape).astype(dtype)


def table(tensor):
    tensor = np.asarray(tensor)
    return dict(dtype=tensor.dtype.name, shape=list(tensor.shape),
                values=tensor.reshape(-1).tolist())


def dense(gradient):
    return None if gradient is None else table(tf.convert_to_tensor(gradient))


def case(name, op, inputs, attributes=None, only=None, variable=False, watched=None):
    """inputs: argument of tf.raw_ops -> array or list of arrays, in the op's order. The loss takes
    the outputs in only, by default all of real numbers; it is differentiated by the inputs in watched,
    by default all of real numbers."""
    attributes = attributes or {}
    given = {}
    for key, value in inputs.items():
        given[key] = [tf.constant(x) for x in value] if isinstance(value, list) else tf.constant(value)
    first = next(iter(given))
    source = tf.Variable(inputs[first]) if variable else None
    flat = tf.nest.flatten(given)
    flat = [given[key] for key in given] if not any(
        isinstance(x, list) for x in given.values()) else flat
    with tf.GradientTape(persistent=False) as tape:
        for x in flat:
            if x.dtype.is_floating:
                tape.watch(x)
        arguments = dict(given, **({first: source.handle} if variable else {}))
        if variable and op == "ResourceGather":
            result = tf.gather(source, given["indices"], batch_dims=attributes.get("batch_dims", 0))
        elif variable:
            result = tf.gather_nd(source, given["indices"])
        else:
            result = getattr(tf.raw_ops, op)(**arguments, **attributes)
        outputs = list(result) if isinstance(result, (list, tuple)) else [result]
        weights = [
            real(*output.shape, dtype=output.dtype.name)
            if output.dtype.is_floating and (only is None or index in only) else None
            for index, output in enumerate(outputs)
        ]
        loss = tf.add_n([
            tf.reduce_sum(output * weight) for output, weight in zip(outputs, weights)
            if weight is not None
        ])
    wanted = [source, *flat[1:]] if variable else flat
    gradients = tape.gradient(loss, wanted)
    tables = [
        [table(x) for x in value] if isinstance(value, list) else table(value)
        for value in inputs.values()
    ]
    if variable:
        tables[0]["variable"] = True
        attributes = dict(attributes, dtype="float64")
    return dict(
        name=name, op=op, attributes=attributes, inputs=tables,
        weights=[None if x is None else table(x) for x in weights],
        gradients=[dense(gradient)
                   if x.dtype.is_floating and (watched is None or index in watched) else None
                   for index, (x, gradient) in enumerate(zip(flat, gradients))])


def cases():
    xs = real(2, 3)
    with_zero = xs.copy()
    with_zero[0, 1] = 0
    positive = real(2, 3, low=0.2, high=2.0)
    yield case("losses of rows", "SparseSoftmaxCrossEntropyWithLogits",
               dict(features=real(4, 3), labels=np.array([2, 0, 1, 1])), only=[0])
    yield case("losses and slopes", "SparseSoftmaxCrossEntropyWithLogits",
               dict(features=real(4, 3), labels=np.array([2, 0, 1, 1], "int32")))
    yield case("two tensors", "IdentityN", dict(input=[xs, positive]))
    yield case("one of two tensors", "IdentityN", dict(input=[xs, positive]), only=[1])
    yield case("a known shape", "EnsureShape", dict(input=xs), dict(shape=[2, 3]))
    yield case("a fed default", "PlaceholderWithDefault", dict(input=xs), dict(shape=[2, 3]))
    yield case("complement of erf", "Erfc", dict(x=real(2, 3, low=-2.0, high=2.0)))
    yield case("x log y", "Xlogy", dict(x=xs, y=positive))
    yield case("x log y, a zero, broadcast", "Xlogy", dict(x=with_zero, y=positive[:1]))
    yield case("x log(1 + y)", "Xlog1py", dict(x=xs[:, :1], y=positive))
    yield case("x / y", "Xdivy", dict(x=xs, y=positive[0]))
    yield case("x y", "MulNoNan", dict(x=xs, y=positive[:, :1]))
    yield case("x y with a zero", "MulNoNan", dict(x=positive, y=with_zero))
    yield case("rows twice", "Gather", dict(params=real(4, 2), indices=np.array([[3, 1], [1, 1]])))
    yield case("rows of a variable", "ResourceGather",
               dict(params=real(4, 2), indices=np.array([[3, 1], [1, 1]], "int32")), variable=True)
    yield case("rows of a variable by batch", "ResourceGather",
               dict(params=real(2, 4, 3), indices=np.array([[3, 1, 1], [0, 0, 2]])),
               dict(batch_dims=1), variable=True)
    yield case("rows of a variable by two batches", "ResourceGather",
               dict(params=real(2, 2, 3), indices=np.array([[2, 1], [0, 0]])),
               dict(batch_dims=2), variable=True)
    yield case("slices of a variable", "ResourceGatherNd",
               dict(params=real(3, 2, 2), indices=np.array([[2, 1], [0, 0], [2, 1]])),
               variable=True)
    segments = dict(indices=np.array([0, 2, 2, 3, 1]), segment_ids=np.array([0, 0, 1, 1, 1], "int32"))
    for op in ("SparseSegmentSum", "SparseSegmentMean", "SparseSegmentSqrtN"):
        yield case("rows by segments", op, dict(data=real(4, 2), **segments))
        yield case("rows by segments, one empty", op + "WithNumSegments",
                   dict(data=real(4, 2), **segments, num_segments=np.array(3, "int32")))
    volumes = dict(input=real(2, 3, 4, 3, 2), filter=real(2, 2, 2, 2, 3))
    yield case("volumes", "Conv3D", volumes, dict(strides=[1, 1, 1, 1, 1], padding="SAME"))
    yield case("volumes with strides", "Conv3D", volumes,
               dict(strides=[1, 1, 2, 1, 1], padding="VALID"))
    images = dict(
        x=real(2, 3, 3, 2, dtype="float32"), scale=real(2, dtype="float32"),
        offset=real(2, dtype="float32"), mean=real(2, dtype="float32"),
        variance=real(2, low=0.5, high=2.0, dtype="float32"))
    fresh = dict(images, mean=np.zeros(0, "float32"), variance=np.zeros(0, "float32"))
    for op in ("FusedBatchNorm", "FusedBatchNormV2"):
        yield case("running statistics", op, images, dict(is_training=False), only=[0])
        yield case("statistics of the batch", op, fresh, dict(is_training=True), only=[0])
    yield case("remainders", "FloorMod", dict(x=real(2, 3, low=0.1, high=5), y=np.array([1.3, 0.7, 2.1])))
    slices = dict(tensor=real(4, 2), indices=np.array([[2], [0]]), updates=real(2, 2))
    for op in ("TensorScatterUpdate", "TensorScatterAdd", "TensorScatterSub"):
        yield case("slices of a matrix", op, slices)
    yield case("two of each row", "TopKV2", dict(input=real(2, 3, 4), k=np.array(2, "int32")), only=[0])
    yield case("the largest", "TopKV2", dict(input=real(5), k=np.array(1, "int32")), only=[0])
    whole = dict(num_rows=np.array(-1, "int32"), num_cols=np.array(-1, "int32"))
    padding = dict(padding_value=np.array(0.0))
    yield case("the main one", "MatrixDiagV3",
               dict(diagonal=real(2, 3), k=np.array([0], "int32"), **whole, **padding), watched=[0])
    yield case("two", "MatrixDiagPartV3",
               dict(input=real(2, 3, 4), k=np.array([0, 1], "int32"), **padding), watched=[0])
    yield case("the main one", "MatrixSetDiagV3",
               dict(input=real(2, 3, 3), diagonal=real(2, 3), k=np.array([0], "int32")))
    edges = dict(a_indices=np.array([[0, 1], [0, 2], [2, 0]]), a_values=real(3))
    yield case("a graph's edges", "SparseTensorDenseMatMul",
               dict(**edges, a_shape=np.array([3, 4]), b=real(4, 2)))
    yield case("both turned", "SparseTensorDenseMatMul",
               dict(**edges, a_shape=np.array([3, 4]), b=real(2, 3)),
               dict(adjoint_a=True, adjoint_b=True))
    wide = real(2, 3, low=-2.0, high=2.0, dtype="float32")
    yield case("eight bits", "FakeQuantWithMinMaxArgs", dict(inputs=wide), dict(num_bits=8))
    ends = dict(min=np.array(-1.0, "float32"), max=np.array(1.5, "float32"))
    yield case("a learned range", "FakeQuantWithMinMaxVars", dict(inputs=wide, **ends))
    ends = dict(min=-real(3, low=0.5, high=1.0, dtype="float32"),
                max=real(3, low=0.5, high=1.0, dtype="float32"))
    yield case("a range of each", "FakeQuantWithMinMaxVarsPerChannel", dict(inputs=wide, **ends))
    yield case("straight through", "QuantizeAndDequantizeV2",
               dict(input=xs, input_min=np.array(-1.0), input_max=np.array(1.0)),
               dict(range_given=True), watched=[0])
    yield case("a transpose", "Conv3DBackpropInputV2",
               dict(input_sizes=np.array([2, 6, 4, 6, 2], "int32"), filter=real(2, 2, 2, 2, 3),
                    out_backprop=real(2, 3, 2, 3, 3)),
               dict(strides=[1, 2, 2, 2, 1], padding="SAME"))


def main():
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("[\n" + ",\n".join(json.dumps(each) for each in cases()) + "\n]\n")


if __name__ == "__main__":
    main()
