"""Runs with Python's TensorFlow what ExportsForPython exported, and compares.

    python savedmodel_exports.py DIRECTORY

For each model it prints the largest difference of the outputs of the SavedModel with adapters
apart, with the adapters switched off (against the model that was adapted), merged, and after 50
steps of the trainable SavedModel, and the largest difference of the losses of these steps. It
fails where one is above 1e-5.
"""
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf


def tensor(entry):
    if entry["dtype"] == "string":
        return tf.reshape(tf.constant(entry["values"]), entry["shape"])
    return tf.constant(np.array(entry["values"], entry["dtype"]).reshape(entry["shape"]))


def run(function, feeds):
    """Calls a signature with the arguments that it has."""
    wanted = function.structured_input_signature[1]
    return function(**{k: tf.cast(v, wanted[k].dtype) if v.dtype != tf.string else v
                       for k, v in feeds.items()})


def difference(outputs, expected):
    return max(np.abs(np.ravel(outputs[k].numpy().astype("f8")) - np.ravel(expected[k])).max()
               for k in expected)


def check(directory):
    with open(os.path.join(directory, "expected.json")) as file:
        expected = json.load(file)
    example = expected["example"]
    inputs = {k: tensor(v) for k, v in example["inputs"].items()}
    batch = dict(inputs, labels=tensor(example["loss"]["labels"]))
    original = {k: v["values"] for k, v in example["outputs"].items()}

    separate = tf.saved_model.load(os.path.join(directory, "separate")).signatures
    merged = tf.saved_model.load(os.path.join(directory, "merged")).signatures
    trainable = tf.saved_model.load(os.path.join(directory, "trainable")).signatures
    losses = [float(run(trainable["train"], dict(
        batch, learning_rate=tf.constant(expected["learning_rate"], tf.float32)))["loss"])
        for _ in expected["losses"]]
    return {
        "apart": difference(run(separate["serving_default"], inputs), expected["outputs"]),
        "switched off": difference(
            run(separate["switchable"], dict(inputs, adapters=tf.constant(0.0))), original),
        "merged": difference(run(merged["serving_default"], inputs), expected["outputs"]),
        "trained": difference(run(trainable["predict"], inputs), expected["outputs"]),
        "losses": float(np.abs(np.array(losses) - np.array(expected["losses"])).max()),
    }


def main():
    failed = []
    for name in sorted(os.listdir(sys.argv[1])):
        differences = check(os.path.join(sys.argv[1], name))
        print(name, {k: float("%.2g" % v) for k, v in differences.items()})
        if max(differences.values()) > 1e-5:
            failed.append(name)
    if failed:
        sys.exit("differences too large: " + ", ".join(failed))


main()
