"""Makes TFRecord files of tf.train.Example with Python's TensorFlow.

Run from tf-loraplus-core: python src/test/python/tfrecords.py
Writes src/test/resources/dev/loraplus/savedmodel/data/examples.tfrecord and, packed, .tfrecord.gz:
four records; record i has image = [i, i + 0.5, ..., 6 floats], id = [i], word = [w<i>], raw = the
bytes 255, i, and labels = [i % 3].
"""
import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
OUT = Path("src/test/resources/dev/loraplus/savedmodel/data")


def main():
    import tensorflow as tf

    def floats(values):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))

    def integers(values):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))

    def texts(values):
        return tf.train.Feature(bytes_list=tf.train.BytesList(value=values))

    OUT.mkdir(parents=True, exist_ok=True)
    for name, packing in (("examples.tfrecord", ""), ("examples.tfrecord.gz", "GZIP")):
        with tf.io.TFRecordWriter(str(OUT / name), packing) as writer:
            for i in range(4):
                features = dict(
                    image=floats([i + 0.5 * k for k in range(6)]),
                    id=integers([i]),
                    word=texts([f"w{i}".encode()]),
                    raw=texts([bytes([255, i])]),
                    labels=integers([i % 3]))
                example = tf.train.Example(features=tf.train.Features(feature=features))
                writer.write(example.SerializeToString(deterministic=True))


main()
