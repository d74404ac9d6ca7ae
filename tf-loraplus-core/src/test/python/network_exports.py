"""Runs with Python's TensorFlow what NetworkExportsForPython exported, and compares.

    python network_exports.py DIRECTORY

For each network it prints the largest difference of the logits of the SavedModel with adapters
apart, switched on and off, merged, and after 50 steps of the trainable SavedModel under a linear
schedule, and the largest difference of the losses of these steps. It also saves, takes a step,
restores, and expects the same loss as before. It fails where a difference is above 1e-5.
"""
import json
import os
import sys
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf


def tensor(entry):
    return tf.constant(np.array(entry["values"], "int32").reshape(entry["shape"]))


def difference(outputs, expected):
    return float(np.abs(np.ravel(outputs["logits"].numpy()) - np.array(expected)).max())


def load(directory, export):
    return tf.saved_model.load(os.path.join(directory, export)).signatures


def restored(trainable, batch):
    before = float(trainable["evaluate"](**batch)["loss"])
    path = tf.constant(os.path.join(tempfile.mkdtemp(), "checkpoint"))
    trainable["save"](path=path)
    trainable["train"](learning_rate=tf.constant(0.01), **batch)
    changed = float(trainable["evaluate"](**batch)["loss"])
    trainable["restore"](path=path)
    if changed == before:
        sys.exit("a step changed nothing")
    return abs(float(trainable["evaluate"](**batch)["loss"]) - before)


def check(directory):
    with open(os.path.join(directory, "expected.json")) as file:
        expected = json.load(file)
    inputs = {k: tensor(v) for k, v in expected["inputs"].items()}
    batch = dict(inputs, labels=tensor(expected["labels"]))

    trainable = load(directory, "trainable")
    separate = load(directory, "separate")
    merged = load(directory, "merged")
    losses = [float(trainable["train"](learning_rate=tf.constant(rate, tf.float32), **batch)["loss"])
              for rate in expected["rates"]]
    on, off = (separate["switchable"](adapters=tf.constant(f), **inputs) for f in (1.0, 0.0))
    return {
        "apart": difference(separate["serving_default"](**inputs), expected["logits"]),
        "switched on": difference(on, expected["logits"]),
        "switched off": difference(off, expected["without"]),
        "merged": difference(merged["serving_default"](**inputs), expected["logits"]),
        "trained": difference(trainable["predict"](**inputs), expected["logits"]),
        "losses": float(np.abs(np.array(losses) - np.array(expected["losses"])).max()),
        "restored": restored(trainable, batch),
    }, losses


def main():
    failed = []
    for name in sorted(os.listdir(sys.argv[1])):
        differences, losses = check(os.path.join(sys.argv[1], name))
        print(name, {k: float("%.2g" % v) for k, v in differences.items()},
              "loss %.4f to %.4f" % (losses[0], losses[-1]))
        if not max(differences.values()) <= 1e-5:
            failed.append(name)
    if failed:
        sys.exit("differences too large: " + ", ".join(failed))


main()
