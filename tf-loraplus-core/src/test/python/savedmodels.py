"""Makes the corpus of small SavedModels, each with an example of what it computes.

Run from tf-loraplus-core: python src/test/python/savedmodels.py [NAME ...]
Needs: tensorflow, keras 3. Without names it makes all of them, each in a process of its own, so that
the names of functions, which TensorFlow counts, do not depend on the others.

src/test/resources/savedmodels/NAME/
  saved_model.pb, variables/, assets/   the model; signature serving_default. Keras exports its
                        variables in an order that may differ at each run; their values do not
  example.json                          one call of the signature and one loss with its gradients:
    inputs, outputs   argument or result -> {dtype, shape, values}; the values of bfloat16 and
                        float16 as float32
    loss              {kind, output, labels, value}; kind is logits or probabilities (mean sparse
                      cross-entropy over all places) or squared_error (mean)
    gradients         variable -> the derivative of that loss by it, from tf.GradientTape
    frozen            variables whose gradient TensorFlow cannot give, or that have none
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
OUT = Path("src/test/resources/savedmodels")


def table(tensor):
    """A tensor as JSON; float32 values survive the round trip exactly."""
    import tensorflow as tf

    tensor = tf.convert_to_tensor(tensor)
    dtype = tensor.dtype.name
    if dtype in ("bfloat16", "float16"):
        tensor = tf.cast(tensor, tf.float32)
    values = tensor.numpy().reshape(-1)
    if dtype == "string":
        values = [value.decode() for value in values.tolist()]
    elif tensor.dtype.is_floating:
        values = [float(str(value)) for value in values]
    else:
        values = values.tolist()
    return dict(dtype=dtype, shape=tensor.shape.as_list(), values=values)


def loss_of(kind, output, labels):
    import tensorflow as tf

    if kind == "squared_error":
        return tf.reduce_mean(tf.math.squared_difference(tf.cast(output, tf.float32), labels))
    output = tf.cast(output, tf.float32)
    if kind == "probabilities":
        picked = tf.gather(output, labels, batch_dims=labels.shape.rank)
        return -tf.reduce_mean(tf.math.log(picked))
    return tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=output))


def write_example(name, inputs, call, variables, kind, output, labels):
    """Runs the saved signature, then writes the example."""
    import tensorflow as tf

    signature = tf.saved_model.load(str(OUT / name)).signatures["serving_default"]
    outputs = signature(**inputs)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for variable in variables.values():
            tape.watch(variable)
        loss = loss_of(kind, call(inputs)[output], labels)
    again = loss_of(kind, outputs[output], labels)
    assert abs(float(loss) - float(again)) < 1e-5, (float(loss), float(again))
    found = dict(zip(variables, tape.gradient(loss, list(variables.values()))))
    example = dict(
        inputs={key: table(value) for key, value in sorted(inputs.items())},
        outputs={key: table(value) for key, value in sorted(outputs.items())},
        loss=dict(kind=kind, output=output, labels=table(labels), value=float(loss)),
        gradients={key: table(value) for key, value in found.items() if value is not None},
        frozen=[key for key, value in found.items() if value is None],
    )
    (OUT / name / "example.json").write_text(json.dumps(example) + "\n")


def uniform(shape, seed, low=-1.0, high=1.0):
    import numpy as np

    return np.random.default_rng(seed).uniform(low, high, shape).astype("float32")


def integers(shape, below, seed):
    import numpy as np

    return np.random.default_rng(seed).integers(0, below, shape)


def shake(model):
    """Changes the parameters that start as zeros or ones."""
    for index, variable in enumerate(model.variables):
        if variable.dtype == "float32" and variable.path.split("/")[-1] in (
                "bias", "beta", "gamma", "moving_mean", "moving_variance"):
            variable.assign(variable + uniform(variable.shape, 100 + index, -0.3, 0.3))


def save_keras(name, model, inputs, kind, labels):
    """Exports a Keras model."""
    import tensorflow as tf

    shake(model)
    model.export(str(OUT / name), verbose=False)
    inputs = {key: tf.constant(value) for key, value in inputs.items()}

    def call(values):
        given = [values[each.name] for each in model.inputs]
        result = model(given if len(given) > 1 else given[0], training=False)
        results = tf.nest.flatten(result)
        return {f"output_{i}": each for i, each in enumerate(results)}

    variables = {each.path: each.value for each in model.trainable_variables}
    write_example(name, inputs, call, variables, kind, "output_0", tf.constant(labels))


def save_module(name, module, call, specs, inputs, kind, output, labels):
    """Saves a tf.Module with one signature."""
    import tensorflow as tf

    function = tf.function(lambda **values: call(values))
    concrete = function.get_concrete_function(
        **{key: tf.TensorSpec(shape, dtype, name=key) for key, (shape, dtype) in specs.items()})
    module.serve = function
    tf.saved_model.save(module, str(OUT / name), signatures={"serving_default": concrete})
    inputs = {key: tf.constant(value) for key, value in inputs.items()}
    variables = {each.name.split(":")[0]: each for each in module.trainable_variables}
    write_example(name, inputs, call, variables, kind, output, tf.constant(labels))


def mlp():
    """Two Dense layers on rows; logits."""
    import keras

    model = keras.Sequential([
        keras.Input((8,), name="features"),
        keras.layers.Dense(16, activation="relu", name="hidden"),
        keras.layers.Dense(3, name="head"),
    ], name="mlp")
    save_keras("mlp", model, {"features": uniform((5, 8), 1)}, "logits", integers((5,), 3, 2))


def transformer():
    """An encoder layer of Keras 3: MultiHeadAttention, EinsumDense, LayerNormalization, a mask."""
    import keras
    from keras import layers

    ids = keras.Input((6,), dtype="int32", name="ids")
    x = layers.Embedding(20, 8, name="tokens")(ids)
    mask = keras.ops.expand_dims(keras.ops.not_equal(ids, 0), 1)
    attended = layers.MultiHeadAttention(2, 4, name="attention")(x, x, attention_mask=mask)
    x = layers.LayerNormalization(epsilon=1e-5, name="norm1")(x + attended)
    y = layers.EinsumDense(
        "abc,cd->abd", (None, 16), bias_axes="d", activation="gelu", name="expand")(x)
    y = layers.Dense(8, name="contract")(y)
    x = layers.LayerNormalization(epsilon=1e-5, name="norm2")(x + y)
    x = layers.GlobalAveragePooling1D(name="pool")(x)
    model = keras.Model(ids, layers.Dense(3, name="head")(x), name="encoder")
    ids = integers((4, 6), 20, 3).astype("int32")
    ids[1, 4:] = 0
    save_keras("transformer", model, {"ids": ids}, "logits", integers((4,), 3, 4))


def convnet():
    """Conv2D, depthwise convolution and batch normalisation; probabilities."""
    import keras
    from keras import layers

    model = keras.Sequential([
        keras.Input((8, 8, 3), name="image"),
        layers.Conv2D(6, 3, padding="same", use_bias=False, name="conv1"),
        layers.BatchNormalization(name="norm1"),
        layers.ReLU(name="relu1"),
        layers.MaxPooling2D(name="pool1"),
        layers.DepthwiseConv2D(3, padding="same", name="depthwise"),
        layers.Conv2D(5, 1, strides=2, name="conv2"),
        layers.BatchNormalization(name="norm2"),
        layers.ReLU(name="relu2"),
        layers.GlobalAveragePooling2D(name="pool2"),
        layers.Dense(4, activation="softmax", name="head"),
    ], name="convnet")
    save_keras("convnet", model, {"image": uniform((3, 8, 8, 3), 5)}, "probabilities",
               integers((3,), 4, 6))


def gru():
    """A recurrent layer, which is a While loop, and Dense layers after it."""
    import keras
    from keras import layers

    model = keras.Sequential([
        keras.Input((5, 4), name="series"),
        layers.GRU(6, name="gru"),
        layers.Dense(8, activation="tanh", name="hidden"),
        layers.Dense(3, name="head"),
    ], name="classifier")
    save_keras("gru", model, {"series": uniform((4, 5, 4), 7)}, "logits", integers((4,), 3, 8))


def keras2():
    """What Keras 2 exports: Dense on three dimensions by Tensordot, EinsumDense by Einsum."""
    import tensorflow as tf

    module = tf.Module()
    def weight(name, shape, seed):
        variable = tf.Variable(uniform(shape, seed, -0.5, 0.5), name=name)
        setattr(module, name.replace("/", "_"), variable)
        return variable
    embed = weight("dense/kernel", (4, 8), 11), weight("dense/bias", (8,), 12)
    query = weight("query/kernel", (8, 2, 4), 13), weight("query/bias", (2, 4), 14)
    key = weight("key/kernel", (8, 2, 4), 15), weight("key/bias", (2, 4), 16)
    value = weight("value/kernel", (8, 2, 4), 17), weight("value/bias", (2, 4), 18)
    output = weight("attention_output/kernel", (2, 4, 8), 19), weight(
        "attention_output/bias", (8,), 20)
    tags = weight("tags/kernel", (8, 5), 21), weight("tags/bias", (5,), 22)

    def dense(x, parameters):
        kernel, bias = parameters
        return tf.nn.bias_add(tf.tensordot(x, kernel, [[2], [0]]), bias)

    def call(values):
        x = tf.nn.gelu(dense(values["x"], embed))
        q, k, v = (tf.einsum("abc,cde->abde", x, w) + b for w, b in (query, key, value))
        weights = tf.nn.softmax(tf.einsum("aecd,abcd->acbe", k, q) * 0.5)
        mixed = tf.einsum("acbe,aecd->abcd", weights, v)
        x = x + tf.einsum("abcd,cde->abe", mixed, output[0]) + output[1]
        return {"logits": dense(x, tags)}

    save_module("keras2", module, call, {"x": ((None, None, 4), tf.float32)},
                {"x": uniform((3, 6, 4), 23)}, "logits", "logits", integers((3, 6), 5, 24))


def strings():
    """Words looked up in a vocabulary that the graph holds."""
    import keras
    from keras import layers

    words = keras.Input((4,), dtype="string", name="words")
    ids = layers.StringLookup(vocabulary=["the", "film", "was", "good", "bad"], name="lookup")(words)
    x = layers.Embedding(6, 8, name="embedding")(ids)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(8, activation="relu", name="hidden")(x)
    model = keras.Model(words, layers.Dense(2, name="head")(x), name="reviews")
    rows = [["the", "film", "was", "good"], ["the", "film", "was", "bad"],
            ["good", "good", "ouch", "the"]]
    save_keras("strings", model, {"words": rows}, "logits", integers((3,), 2, 25))


def vocabulary_file():
    """Whole texts, split into words that are looked up in an asset file."""
    import tensorflow as tf

    # A relative path: the model keeps the name it was made from.
    file = Path("vocabulary.txt")
    file.write_text("\n".join(["[UNK]", "the", "film", "was", "good", "bad"]) + "\n")
    module = tf.Module()
    module.table = tf.lookup.StaticHashTable(
        tf.lookup.TextFileInitializer(
            str(file), tf.string, tf.lookup.TextFileIndex.WHOLE_LINE, tf.int64,
            tf.lookup.TextFileIndex.LINE_NUMBER), 0)
    module.embedding = tf.Variable(uniform((6, 8), 26), name="embedding")
    module.kernel = tf.Variable(uniform((8, 2), 27), name="head/kernel")

    def call(values):
        words = tf.strings.split(tf.strings.lower(values["text"]))
        ids = module.table.lookup(words.to_tensor(default_value="[UNK]"))
        mean = tf.reduce_mean(tf.nn.embedding_lookup(module.embedding, ids), axis=1)
        return {"logits": tf.matmul(mean, module.kernel)}

    save_module("vocabulary-file", module, call, {"text": ((None,), tf.string)},
                {"text": ["The film was good", "bad film", "was it good"]}, "logits", "logits",
                integers((3,), 2, 28))
    file.unlink()


def mixed():
    """Computes in bfloat16 from float32 variables (mixed_bfloat16)."""
    import keras
    from keras import layers

    keras.config.set_dtype_policy("mixed_bfloat16")
    model = keras.Sequential([
        keras.Input((6, 8), name="x"),
        layers.Dense(16, activation="relu", name="hidden"),
        layers.LayerNormalization(name="norm"),
        layers.EinsumDense("abc,cd->abd", (6, 4), name="einsum"),
        layers.Flatten(name="flatten"),
        layers.Dense(3, dtype="float32", name="head"),
    ], name="mixed")
    save_keras("mixed", model, {"x": uniform((4, 6, 8), 29)}, "logits", integers((4,), 3, 30))


def tied():
    """A language model whose embedding table is also its head."""
    import keras
    from keras import layers

    class Head(layers.Layer):
        def __init__(self, embedding):
            super().__init__(name="tied_head")
            self.embedding = embedding

        def call(self, x):
            return keras.ops.matmul(x, keras.ops.transpose(self.embedding.embeddings))

    ids = keras.Input((None,), dtype="int32", name="ids")
    embedding = layers.Embedding(12, 8, name="tokens")
    x = embedding(ids)
    x = x + layers.Dense(8, activation="gelu", name="mix")(x)
    model = keras.Model(ids, Head(embedding)(x), name="tied")
    save_keras("tied", model, {"ids": integers((2, 5), 12, 31).astype("int32")}, "logits",
               integers((2, 5), 12, 32))


def embedding():
    """Two inputs, an embedding lookup, a regression."""
    import keras
    from keras import layers

    item = keras.Input((3,), dtype="int64", name="items")
    price = keras.Input((2,), name="prices")
    x = layers.Embedding(10, 4, name="items_table")(item)
    x = layers.Concatenate(name="join")([layers.Flatten(name="flatten")(x), price])
    x = layers.Dense(8, activation="sigmoid", name="hidden")(x)
    model = keras.Model([item, price], layers.Dense(1, name="score")(x), name="ranking")
    save_keras("embedding", model,
               {"items": integers((4, 3), 10, 33), "prices": uniform((4, 2), 34)},
               "squared_error", uniform((4, 1), 35))


def gaps():
    """Ops whose gradients TensorFlow's C++ library lacks, between the loss and the first kernel."""
    import tensorflow as tf

    module = tf.Module()
    module.first = tf.Variable(uniform((4, 6), 43), name="first/kernel")
    module.second = tf.Variable(uniform((6, 3), 44), name="second/kernel")

    @tf.custom_gradient
    def swish(x):
        y = tf.sigmoid(x)
        return x * y, lambda dy: dy * (y + x * y * (1 - y))

    def call(values):
        x = tf.ensure_shape(tf.matmul(values["x"], module.first), (None, 6))
        x = swish(x)  # the graph has an IdentityN
        x = 0.5 * x * tf.math.erfc(-x / 1.4142135)
        entropy = tf.math.xlogy(tf.sigmoid(x), tf.sigmoid(x))
        x = x + tf.math.multiply_no_nan(entropy, values["mask"])
        return {"logits": tf.matmul(x, module.second)}

    specs = {"x": ((None, 4), tf.float32), "mask": ((None, 1), tf.float32)}
    inputs = {"x": uniform((5, 4), 45), "mask": uniform((5, 1), 46, 0, 1).round()}
    save_module("gaps", module, call, specs, inputs, "logits", "logits", integers((5,), 3, 47))


def plain_save():
    """A Keras 3 model written by tf.saved_model.save, whose saver writes copies of its variables."""
    import keras
    import tensorflow as tf
    from keras import layers

    ids = keras.Input((5,), dtype="int32", name="ids")
    x = layers.Embedding(12, 8, name="tokens")(ids)
    x = x + layers.Dense(8, activation="gelu", name="mix")(x)
    x = layers.LayerNormalization(epsilon=1e-5, name="norm")(x)
    x = layers.GlobalAveragePooling1D(name="pool")(x)
    model = keras.Model(ids, layers.Dense(3, name="head")(x), name="classifier")
    shake(model)
    tf.saved_model.save(model, str(OUT / "plain-save"))
    signature = tf.saved_model.load(str(OUT / "plain-save")).signatures["serving_default"]
    (key,), (output,) = signature.structured_input_signature[1], signature.structured_outputs
    inputs = {key: tf.constant(integers((4, 5), 12, 48).astype("int32"))}
    write_example("plain-save", inputs, lambda values: {output: model(values[key])},
                  {each.path: each.value for each in model.trainable_variables}, "logits", output,
                  tf.constant(integers((4,), 3, 49)))


def half():
    """Attention that computes in float16 from float32 variables (mixed_float16)."""
    import keras
    from keras import layers

    keras.config.set_dtype_policy("mixed_float16")
    x = start = keras.Input((5, 8), name="x")
    x = x + layers.MultiHeadAttention(2, 4, name="attention")(x, x)
    x = layers.LayerNormalization(epsilon=1e-3, name="norm")(x)
    x = layers.Flatten(name="flatten")(x)
    model = keras.Model(start, layers.Dense(3, dtype="float32", name="head")(x), name="half")
    save_keras("half", model, {"x": uniform((4, 5, 8), 50)}, "logits", integers((4,), 3, 51))


def tf1():
    """A graph of TensorFlow 1 with ref variables, a lookup and a flag with a default."""
    import tensorflow as tf

    v1 = tf.compat.v1
    inputs = {"ids": integers((3, 4), 9, 36), "weights": uniform((3, 4), 37, 0.1, 1.0)}
    labels = integers((3,), 3, 38)
    with tf.Graph().as_default(), v1.Session() as session:
        ids = v1.placeholder(tf.int64, (None, 4), name="ids")
        weights = v1.placeholder(tf.float32, (None, 4), name="weights")
        keep = v1.placeholder_with_default(tf.constant(1.0), (), name="keep")

        def weight(name, shape, seed):
            return v1.get_variable(
                name, initializer=uniform(shape, seed), use_resource=False)

        with v1.variable_scope("model"):
            rows = v1.nn.embedding_lookup(weight("embedding", (9, 8), 39), ids)
            mean = tf.reduce_sum(rows * weights[:, :, None], axis=1)
            hidden = v1.nn.xw_plus_b(
                mean, weight("dense/kernel", (8, 6), 40), weight("dense/bias", (6,), 41))
            hidden = tf.tanh(hidden) * keep
            logits = tf.matmul(hidden, weight("head/kernel", (6, 3), 42), name="logits")
            probabilities = tf.nn.softmax(logits)
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.Builder(str(OUT / "tf1"))
        signature = v1.saved_model.predict_signature_def(
            {"ids": ids, "weights": weights}, {"logits": logits, "probabilities": probabilities})
        builder.add_meta_graph_and_variables(
            session, ["serve"], {"serving_default": signature})
        builder.save()
        loss = loss_of("logits", logits, tf.constant(labels))
        variables = {each.op.name: each for each in v1.trainable_variables()}
        found = tf.gradients(loss, list(variables.values()))
        found = [tf.convert_to_tensor(each) for each in found]
        value, gradients, outputs = session.run(
            [loss, found, [logits, probabilities]], {ids: inputs["ids"], weights: inputs["weights"]})
    example = dict(
        inputs={key: table(each) for key, each in inputs.items()},
        outputs={"logits": table(outputs[0]), "probabilities": table(outputs[1])},
        loss=dict(kind="logits", output="logits", labels=table(labels), value=float(value)),
        gradients={key: table(each) for key, each in zip(variables, gradients)},
        frozen=[],
    )
    (OUT / "tf1" / "example.json").write_text(json.dumps(example) + "\n")


MODELS = {
    "mlp": mlp,
    "transformer": transformer,
    "convnet": convnet,
    "gru": gru,
    "keras2": keras2,
    "strings": strings,
    "vocabulary-file": vocabulary_file,
    "mixed": mixed,
    "tied": tied,
    "embedding": embedding,
    "gaps": gaps,
    "tf1": tf1,
    "plain-save": plain_save,
    "half": half,
}


def make(name):
    import keras
    import tensorflow as tf

    shutil.rmtree(OUT / name, ignore_errors=True)
    if name != "tf1":
        keras.utils.set_random_seed(list(MODELS).index(name))
        tf.config.experimental.enable_op_determinism()
    MODELS[name]()
    # Holds a random identifier, so it differs at each run; loading does not need it.
    (OUT / name / "fingerprint.pb").unlink(missing_ok=True)
    size = sum(file.stat().st_size for file in (OUT / name).rglob("*") if file.is_file())
    print(f"{name}: {size / 1000:.0f} kB")


def main():
    if sys.argv[1:2] == ["--one"]:
        make(sys.argv[2])
        return
    for name in sys.argv[1:] or list(MODELS):
        # The order of sets of strings decides the order of nodes in the files.
        environment = dict(os.environ, PYTHONHASHSEED="0")
        subprocess.run([sys.executable, __file__, "--one", name], check=True, env=environment)


if __name__ == "__main__":
    main()
