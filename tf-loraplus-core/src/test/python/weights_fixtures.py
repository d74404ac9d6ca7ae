"""Makes the fixtures in src/test/resources/weights with the reference implementations.

Run from tf-loraplus-core: python src/test/python/weights_fixtures.py
Needs: safetensors, torch, transformers, onnx.
Also prints the checksums of all half-precision numbers that HalfPrecisionTest expects.
"""

import io
import json
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file
from safetensors.torch import save_file
from transformers import BertConfig, BertModel

OUT = Path("src/test/resources/weights")


def ramp(*shape):
    """0.375 i - 2 in row order: exact in bfloat16 up to i = 255."""
    count = int(np.prod(shape))
    return (0.375 * torch.arange(count, dtype=torch.float32) - 2).reshape(shape)


def mixed():
    """Every number format of interest in one file written by the safetensors package."""
    save_file(
        {
            "dense.weight": ramp(3, 5),
            "dense.bias": ramp(5),
            "half": ramp(4, 2).half(),
            "brain": ramp(2, 3, 2).bfloat16(),
            "scalar": torch.tensor(0.5),
            "empty": torch.zeros(0, 4),
            "embeddings.LayerNorm.gamma": ramp(4),
            "embeddings.LayerNorm.beta": ramp(4),
            "embeddings.position_ids": torch.arange(6).reshape(1, 6),
            "double": ramp(3).double(),
            "mask": torch.tensor([True, False]),
        },
        OUT / "mixed.safetensors",
        metadata={"format": "pt"},
    )


def written():
    """The exact bytes that SafetensorsWriter must write, put together by hand from the format."""
    header = {"__metadata__": {"format": "pt"}}
    tensors = {
        "b": np.arange(6, dtype="<f4").reshape(2, 3) / 4,
        "a": np.array(-1.5, dtype="<f4"),
        'naïve "name"\\': np.arange(3, dtype="<f4"),
    }
    offset = 0
    for name, value in tensors.items():
        header[name] = {
            "dtype": "F32",
            "shape": list(value.shape),
            "data_offsets": [offset, offset + value.nbytes],
        }
        offset += value.nbytes
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-(8 + len(text)) % 64)
    path = OUT / "written.safetensors"
    path.write_bytes(
        struct.pack("<Q", len(text)) + text + b"".join(v.tobytes() for v in tensors.values())
    )
    for name, value in load_file(path).items():
        np.testing.assert_array_equal(value, tensors[name])


class Encoder(torch.nn.Module):
    """The model under its own name, so that module paths are those of the checkpoint."""

    def __init__(self, model):
        super().__init__()
        self.embeddings, self.encoder, self.pooler = model.embeddings, model.encoder, model.pooler

    def forward(self, ids):
        mask = torch.zeros(1, 1, 1, 1)
        hidden = self.encoder(self.embeddings(ids), mask).last_hidden_state
        return hidden, self.pooler(hidden)


def bert():
    """One tiny BERT as shards with an index, as a single file, and as ONNX."""
    torch.manual_seed(3)
    config = BertConfig(
        vocab_size=11,
        hidden_size=4,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=6,
        max_position_embeddings=8,
        attn_implementation="eager",
    )
    model = BertModel(config).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter)
    for directory, limit in (("sharded", 800), ("single", 10**9)):
        shutil.rmtree(OUT / directory, ignore_errors=True)
        model.save_pretrained(OUT / directory, max_shard_size=limit)
    buffer = io.BytesIO()
    torch.onnx.export(
        Encoder(model).eval(),
        (torch.tensor([[1, 2, 3]]),),
        buffer,
        dynamo=False,
        opset_version=17,
        input_names=["input_ids"],
    )
    (OUT / "bert.onnx").write_bytes(buffer.getvalue())


def small_onnx():
    """Forms of initialisers that the TorchScript exporter does not write."""
    kernel = (np.arange(6, dtype="<f4") / 2).reshape(2, 3)
    nodes = [
        helper.make_node("MatMul", ["x", "onnx::MatMul_7"], ["y"], name="/block/up/MatMul"),
        helper.make_node("Gemm", ["y", "onnx::Gemm_8", "onnx::Gemm_9"], ["z"], name="/block/down/Gemm", transB=1),
        helper.make_node("Gemm", ["z", "named.weight"], ["u"], name="/other/Gemm"),
        helper.make_node("MatMul", ["u", "half"], ["v"], name="MatMul_3"),
        helper.make_node("Div", ["v", "onnx::Div_10"], ["w"], name="/Div"),
    ]
    initializers = [
        numpy_helper.from_array(kernel, "onnx::MatMul_7"),
        numpy_helper.from_array(kernel, "onnx::Gemm_8"),
        helper.make_tensor("onnx::Gemm_9", TensorProto.FLOAT, [2], [0.25, -8.0]),
        helper.make_tensor("named.weight", TensorProto.FLOAT, [2, 3], kernel.flatten()),
        numpy_helper.from_array(kernel.T.astype("<f2").copy(), "half"),
        numpy_helper.from_array(np.array(3, dtype="<f4"), "onnx::Div_10"),
        numpy_helper.from_array(np.arange(4), "position_ids"),
    ]
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", 2])
    graph = helper.make_graph(nodes, "small", [value("x")], [value("w")], initializers)
    model = helper.make_model(graph)
    onnx.checker.check_model(model)
    onnx.save(model, OUT / "small.onnx")
    onnx.save(
        model,
        OUT / "external.onnx",
        save_as_external_data=True,
        location="external.data",
        size_threshold=0,
    )
    (OUT / "external.data").unlink()
    half = helper.make_tensor("packed", TensorProto.FLOAT16, [2], [1.0, 2.0])
    graph = helper.make_graph([], "packed", [], [], [half])
    onnx.save(helper.make_model(graph), OUT / "int32_data.onnx")


def checksums():
    """CRC-32 of all 65536 numbers widened to little-endian float32, NaNs made canonical."""
    bits = np.arange(65536, dtype=np.uint16)
    halfs = torch.from_numpy(bits.view(np.float16).copy()).float().numpy()
    brains = torch.from_numpy(bits.copy()).view(torch.bfloat16).float().numpy()
    for name, values in (("float16", halfs), ("bfloat16", brains)):
        canonical = np.where(np.isnan(values), np.float32(np.nan), values).astype("<f4")
        canonical.view("<u4")[np.isnan(values)] = 0x7FC00000
        print(f"{name}: {zlib.crc32(canonical.tobytes()):#010x}")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    mixed()
    written()
    bert()
    small_onnx()
    checksums()
