"""Writes events.tfevents with TensorBoard's own writer (tensorboard 2.21).

Run: python tensorboard_events.py ../resources/dev/loraplus/training/monitor/events.tfevents

The Java test builds the same events and expects the same bytes.
"""

import sys

from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter


def events():
    yield event_pb2.Event(wall_time=1700000000.5, step=0, file_version="brain.Event:2")
    yield event_pb2.Event(
        wall_time=1700000000.5,
        step=0,
        session_log=event_pb2.SessionLog(status=event_pb2.SessionLog.START),
    )
    scalars = [
        ("train/loss", 1.25),
        ("train/gradient_norm", 0.75),
        ("train/tokens_per_second", 512.0),
        ("rate/A", 2e-4),
        ("rate/B", 3.2e-3),
        ("rate/embedding", 1e-6),
        ("gradient_norm/B", 0.5),
        ("relative_update/B", float("inf")),
    ]
    yield event_pb2.Event(
        wall_time=1700000000.5,
        step=1,
        summary=summary_pb2.Summary(
            value=[summary_pb2.Summary.Value(tag=t, simple_value=v) for t, v in scalars]
        ),
    )
    yield event_pb2.Event(
        wall_time=1700000000.5,
        step=1,
        summary=summary_pb2.Summary(
            value=[
                summary_pb2.Summary.Value(tag="evaluation/loss", simple_value=1.5),
                summary_pb2.Summary.Value(tag="evaluation/accuracy", simple_value=0.625),
            ]
        ),
    )


with open(sys.argv[1], "wb") as out:
    writer = RecordWriter(out)
    for event in events():
        writer.write(event.SerializeToString(deterministic=True))
    writer.flush()
