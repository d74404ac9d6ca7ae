"""Runs with Python's TensorFlow what ExportsForPython exported, and compares.

    python savedmodel_exports.py DIRECTORY

For each model it prints the largest difference of the outputs of the SavedModel with adapters
apart, with the adapters switched off (against the model that was adapted), merged, and after 50
steps of the trainable SavedModel, and the largest difference of the losses of these steps. Those of
outputs are relative to the largest output where that is above 1.

Where a rate is too high, differences in the last bits grow over the steps. So the 50 steps are taken
once more without Grappler, which rounds otherwise, and "itself" tells how far Python's losses and
outputs then are from its own. It fails where a difference is above 1e-5 and, after steps, also above
that.
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


def numbers(outputs):
    return {k: np.ravel(v.numpy().astype("f8")) for k, v in outputs.items()}


def difference(outputs, expected):
    return max(np.abs(outputs[k] - np.ravel(expected[k])).max() / max(1, np.abs(expected[k]).max())
               for k in expected)


def train(directory, batch, inputs, steps):
    """The losses of some steps, and the outputs after them."""
    model = tf.saved_model.load(directory).signatures
    losses = [float(run(model["train"], batch)["loss"]) for _ in range(steps)]
    return np.array(losses), numbers(run(model["predict"], inputs))


def check(directory):
    with open(os.path.join(directory, "expected.json")) as file:
        expected = json.load(file)
    example = expected["example"]
    inputs = {k: tensor(v) for k, v in example["inputs"].items()}
    batch = dict(inputs, labels=tensor(example["loss"]["labels"]))
    original = {k: v["values"] for k, v in example["outputs"].items()}

    separate = tf.saved_model.load(os.path.join(directory, "separate")).signatures
    merged = tf.saved_model.load(os.path.join(directory, "merged")).signatures
    batch["learning_rate"] = tf.constant(expected["learning_rate"], tf.float32)
    wanted = np.array(expected["losses"])
    trainable = os.path.join(directory, "trainable"), batch, inputs, len(wanted)
    losses, trained = train(*trainable)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    other_losses, other_trained = train(*trainable)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})
    return {
        "apart": difference(
            numbers(run(separate["serving_default"], inputs)), expected["outputs"]),
        "switched off": difference(
            numbers(run(separate["switchable"], dict(inputs, adapters=tf.constant(0.0)))), original),
        "merged": difference(numbers(run(merged["serving_default"], inputs)), expected["outputs"]),
        "trained": difference(trained, expected["outputs"]),
        "trained itself": difference(other_trained, trained),
        "losses": np.abs(losses - wanted).max(),
        "losses itself": np.abs(losses - other_losses).max(),
    }


def main():
    failed = []
    for name in sorted(os.listdir(sys.argv[1])):
        differences = check(os.path.join(sys.argv[1], name))
        print(name, {k: float("%.2g" % v) for k, v in differences.items()})
        if any(value > max(1e-5, differences.get(key + " itself", 0))
               for key, value in differences.items() if not key.endswith("itself")):
            failed.append(name)
    if failed:
        sys.exit("differences too large: " + ", ".join(failed))


main()
