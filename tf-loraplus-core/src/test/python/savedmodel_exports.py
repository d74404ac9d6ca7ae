"""Runs with Python's TensorFlow what ExportsForPython exported, and compares.

    python savedmodel_exports.py DIRECTORY

For each model it prints the largest difference of the outputs of the SavedModel with adapters
apart, with the adapters switched off (against the model that was adapted), merged, and after 50
steps of the trainable SavedModel, and the largest difference of the losses of these steps. Those of
outputs are relative to the largest output where that is above 1.

The library asks TensorFlow for oneDNN's kernels on every processor, and so does this script. Where a
rate is too high, or numbers are as narrow as float16, differences in the last bits grow over the
steps. So another process computes the same without oneDNN and Grappler, which rounds otherwise, and
"itself" tells how far Python is from itself.

It fails where a difference is above 1e-5, which holds at the rate that ExportsForPython takes by
itself. The model in float16 cannot have it: there a difference may be twice Python's from itself.
"""
import json
import os
import subprocess
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
OTHERWISE = "--otherwise"
FLOAT16 = "half"
BOUND = 1e-5

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


def compute(directory, expected):
    """The losses of the steps, the outputs after them, and those with the adapters switched off."""
    example = expected["example"]
    inputs = {k: tensor(v) for k, v in example["inputs"].items()}
    batch = dict(inputs, labels=tensor(example["loss"]["labels"]),
                 learning_rate=tf.constant(expected["learning_rate"], tf.float32))
    model = tf.saved_model.load(os.path.join(directory, "trainable")).signatures
    losses = [float(run(model["train"], batch)["loss"]) for _ in expected["losses"]]
    separate = tf.saved_model.load(os.path.join(directory, "separate")).signatures
    off = run(separate["switchable"], dict(inputs, adapters=tf.constant(0.0)))
    return np.array(losses), numbers(run(model["predict"], inputs)), numbers(off)


def read(directory):
    with open(os.path.join(directory, "expected.json")) as file:
        return json.load(file)


def check(directory, otherwise):
    expected = read(directory)
    example = expected["example"]
    inputs = {k: tensor(v) for k, v in example["inputs"].items()}
    original = {k: v["values"] for k, v in example["outputs"].items()}

    separate = tf.saved_model.load(os.path.join(directory, "separate")).signatures
    merged = tf.saved_model.load(os.path.join(directory, "merged")).signatures
    losses, trained, off = compute(directory, expected)
    return {
        "apart": difference(
            numbers(run(separate["serving_default"], inputs)), expected["outputs"]),
        "switched off": difference(off, original),
        "switched off itself": difference(off, otherwise["off"]),
        "merged": difference(numbers(run(merged["serving_default"], inputs)), expected["outputs"]),
        "trained": difference(trained, expected["outputs"]),
        "trained itself": difference(trained, otherwise["trained"]),
        "losses": np.abs(losses - expected["losses"]).max(),
        "losses itself": np.abs(losses - otherwise["losses"]).max(),
    }


def bound(name, itself):
    return max(BOUND, 2 * itself) if name == FLOAT16 else BOUND


def compute_otherwise(names):
    """Prints what this process computes."""
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
    found = {}
    for name in names:
        directory = os.path.join(sys.argv[1], name)
        losses, trained, off = compute(directory, read(directory))
        found[name] = dict(
            losses=losses.tolist(), trained={k: v.tolist() for k, v in trained.items()},
            off={k: v.tolist() for k, v in off.items()})
    print(json.dumps(found))


def main():
    names = sorted(os.listdir(sys.argv[1]))
    if sys.argv[2:] == [OTHERWISE]:
        compute_otherwise(names)
        return
    environment = dict(os.environ, TF_ENABLE_ONEDNN_OPTS="0")
    otherwise = json.loads(subprocess.run(
        [sys.executable, __file__, sys.argv[1], OTHERWISE], env=environment, check=True,
        stdout=subprocess.PIPE).stdout)
    failed = []
    for name in names:
        differences = check(os.path.join(sys.argv[1], name), otherwise[name])
        print(name, {k: float("%.2g" % v) for k, v in differences.items()})
        if any(value > bound(name, differences.get(key + " itself", 0))
               for key, value in differences.items() if not key.endswith("itself")):
            failed.append(name)
    if failed:
        sys.exit("differences too large: " + ", ".join(failed))


main()
