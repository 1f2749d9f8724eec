"""The weights that a training starts from: a folder of Hugging Face's, or what a bundle of onepass holds, dequantised.

A bundle's graph has 8-bit weights; training moves every one of them farther than rounding did.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

BODY = "encoder.body."
HEAD = {384: 32}  # width of an attention head by that of the states; 64 in all other BERTs


def dequantized(tensors: dict[str, NDArray[Any]], name: str) -> NDArray[np.float32]:
    """name: as before `_quantized`. One scale, or one for each column."""
    values = tensors[f"{name}_quantized"].astype(np.float32)
    return (values - tensors[f"{name}_zero_point"].astype(np.float32)) * tensors[f"{name}_scale"]


def body_of(graph: onnx.GraphProto) -> dict[str, NDArray[np.float32]]:
    """The weights of the body by their names in transformers. A matrix lost its name when it was exported: its bias
    kept it."""
    tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    users: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    found = {name: part for name, part in tensors.items() if name.startswith(BODY) and part.dtype == np.float32}
    found |= {
        (name := key.removesuffix("_quantized")): dequantized(tensors, name)
        for key in tensors
        if key.startswith(BODY) and key.endswith(".weight_quantized")
    }
    for node in graph.node:
        if node.op_type != "MatMulInteger":
            continue
        bias = bias_after(node, users)
        if bias.startswith(BODY):
            found[bias.removesuffix("bias") + "weight"] = dequantized(
                tensors, node.input[1].removesuffix("_quantized")
            ).T
    return {
        name.removeprefix(BODY): np.ascontiguousarray(part)
        for name, part in found.items()
        if not name.endswith(("_scale", "_zero_point"))
    }


def bias_after(node: onnx.NodeProto, users: dict[str, list[onnx.NodeProto]]) -> str:
    """Of a multiplication; empty where none is added. Between the two stand a cast and the scale."""
    for _ in range(4):
        followers = users.get(node.output[0], [])
        if len(followers) != 1:
            return ""
        node = followers[0]
        if node.op_type == "Add":
            return next((name for name in node.input if name.endswith(".bias")), "")
    return ""


def from_bundle(bundle: Path, out: Path) -> None:
    """Writes the body of an encoder bundle of ours as a base: `config.json`, `model.safetensors`, `tokenizer.json`."""
    from safetensors.numpy import save_file

    manifest = json.loads((bundle / "bundle.json").read_text(encoding="utf-8"))
    model = manifest["model"]
    if "graphs" not in model or model.get("tokenization", "pieces") != "pieces":
        raise SystemExit(f"{bundle}: is no bundle of encoders that onepass trained")
    weights = body_of(onnx.load(bundle / model["graphs"][0]["file"]).graph)
    tokenizer = json.loads((bundle / model["tokenizer"]).read_text(encoding="utf-8"))
    vocabulary = tokenizer["model"]["vocab"]
    names = {number: token for token, number in vocabulary.items()}
    layers = 1 + max(int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer."))
    tokens, hidden = weights["embeddings.word_embeddings.weight"].shape
    config = {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "vocab_size": tokens,
        "hidden_size": hidden,
        "num_hidden_layers": layers,
        "num_attention_heads": hidden // HEAD.get(hidden, 64),
        "intermediate_size": weights["encoder.layer.0.intermediate.dense.bias"].shape[0],
        "max_position_embeddings": weights["embeddings.position_embeddings.weight"].shape[0],
        "type_vocab_size": weights["embeddings.token_type_embeddings.weight"].shape[0],
        "layer_norm_eps": 1e-12,
        "pad_token_id": vocabulary["[PAD]"],
        "made_of": f"{manifest['name']} {manifest['version']}, dequantised; that: {manifest['provenance']['base']}",
    }
    frame = {end: [names[model[end]], model[end]] for end in ("cls", "sep")}
    out.mkdir(parents=True, exist_ok=True)
    save_file(weights, out / "model.safetensors", metadata={"format": "pt"})
    (out / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    framed = {**tokenizer, "post_processor": {"type": "BertProcessing", **frame}}
    (out / "tokenizer.json").write_text(json.dumps(framed, ensure_ascii=False), encoding="utf-8")
