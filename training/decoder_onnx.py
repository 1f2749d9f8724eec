"""The decoder as an ONNX graph with its label heads: for onnxruntime on a CPU, some times faster than llama.cpp there.

The graph is written node by node, since an exporter's would leave the fused kernels of onnxruntime unused. It computes
what the GGUF computes, in weights of 7 bits and activations of 8 that are quantised as they come. Two transformations
that leave the function as it is make that harmless:

- the residual stream, and the values of each attention head, are turned by a random rotation, which spreads the few
  large coordinates of a language model over all of them (QuaRot, Ashkboos et al. 2024, arXiv 2404.00456);
- the channels between `ffn_up` and `ffn_down` are scaled so that their largest values and the weights that they meet
  are of like size (SmoothQuant, Xiao et al. 2023, arXiv 2211.10438).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from training.prefix_lm import PrefixLM, Shape, rotary
from training.vocabulary import Vocabulary

Floats = NDArray[np.float32]
OPSET = 23  # the first with Attention, which takes the place of ten small nodes a layer
IR_VERSION = 11
FUSED = "com.microsoft"  # the domain of onnxruntime's own kernels
# 7 bits: the 16-bit sums of processors without VNNI overflow at 8. On 1,000 dev rows it costs nothing.
LARGEST_WEIGHT = 63
SMOOTHING = 0.75  # how much of the difficulty moves from activations to weights; the best of 0 … 0.9 on the logits


@dataclass
class Layer:
    """Matrices as (out, in), with the norms before them multiplied in."""

    qkv: Floats
    output: Floats
    gate_up: Floats
    down: Floats


@dataclass
class Weights:
    shape: Shape
    embedding: Floats  # (text ids and read-outs, H)
    heads: dict[str, Floats]  # by task: (labels, H)
    layers: list[Layer]


def rotation(size: int, rng: np.random.Generator) -> Floats:
    """A random orthogonal matrix."""
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return (q * np.sign(np.diag(r))).astype(np.float32)


def weights_of(model: PrefixLM, vocabulary: Vocabulary) -> Weights:
    """The model's weights with norms multiplied into what follows them; the labels' rows of the embedding apart."""
    state = {name: tensor.detach().float().numpy().astype(np.float64) for name, tensor in model.state_dict().items()}
    layers = []
    for i in range(model.shape.layers):
        of = {name.removeprefix(f"blk.{i}."): value for name, value in state.items() if name.startswith(f"blk.{i}.")}
        qkv = np.concatenate([of[f"attn_{part}.weight"] for part in "qkv"]) * of["attn_norm.weight"]
        gate_up = np.concatenate([of["ffn_gate.weight"], of["ffn_up.weight"]]) * of["ffn_norm.weight"]
        layers.append(Layer(qkv, of["attn_output.weight"], gate_up, of["ffn_down.weight"]))
    embedding = state["token_embd.weight"]
    heads = {
        task: embedding[start : start + len(vocabulary.labels[task])] * state["output_norm.weight"]
        for task, start in vocabulary.label_start.items()
    }
    return Weights(model.shape, embedding[: min(vocabulary.label_start.values())], heads, layers)


def rotate(weights: Weights, seed: int = 0) -> None:
    """Turns the residual stream and each head's values, in place; the function stays the same."""
    rng = np.random.default_rng(seed)
    shape = weights.shape
    head = shape.hidden // shape.heads
    stream = rotation(shape.hidden, rng)
    weights.embedding = weights.embedding @ stream
    weights.heads = {task: rows @ stream for task, rows in weights.heads.items()}
    for layer in weights.layers:
        values = rotation(head, rng)
        keys = shape.hidden + shape.kv_heads * head  # rows of queries and keys
        turned = np.einsum("ij,hik->hjk", values, layer.qkv[keys:].reshape(shape.kv_heads, head, -1))
        layer.qkv[keys:] = turned.reshape(shape.kv_heads * head, -1)
        layer.output = (layer.output.reshape(-1, shape.heads, head) @ values).reshape(shape.hidden, -1)
        layer.qkv, layer.gate_up = layer.qkv @ stream, layer.gate_up @ stream
        layer.output, layer.down = stream.T @ layer.output, stream.T @ layer.down


def smooth(weights: Weights, largest: list[Floats]) -> None:
    """Scales the channels into `ffn_down`, in place. largest: of each layer, each channel's largest absolute value."""
    for layer, values in zip(weights.layers, largest, strict=True):
        columns = np.abs(layer.down).max(0)
        scale = np.maximum(values, 1e-5) ** SMOOTHING / np.maximum(columns, 1e-5) ** (1 - SMOOTHING)
        layer.gate_up[weights.shape.mlp :] /= scale[:, None]  # the half that is linear
        layer.down *= scale


@torch.no_grad()
def largest_before_down(model: PrefixLM, prompts: Iterable[list[int]]) -> list[Floats]:
    """Each layer's largest absolute values at the input of `ffn_down`, (mlp,), over prompts of training data."""
    largest = [torch.zeros(model.shape.mlp) for _ in model.blk]

    def watch(i: int) -> Any:
        def hook(_: Any, inputs: tuple[torch.Tensor]) -> None:
            largest[i] = torch.maximum(largest[i], inputs[0].abs().flatten(0, -2).amax(0).float())

        return hook

    hooks = [block.ffn_down.register_forward_pre_hook(watch(i)) for i, block in enumerate(model.blk)]
    for prompt in prompts:
        model(torch.tensor([prompt]))
    for hook in hooks:
        hook.remove()
    return [values.numpy() for values in largest]


class GraphWriter:
    """Nodes and constants of a graph; names are made up, since nobody reads them."""

    def __init__(self, quantized: bool) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.quantized = quantized
        self.count = 0

    def constant(self, value: NDArray[Any]) -> str:
        self.count += 1
        self.constants.append(numpy_helper.from_array(value, f"c{self.count}"))
        return f"c{self.count}"

    def node(self, kind: str, *inputs: str, outputs: int = 1, domain: str = "", **attributes: Any) -> Any:
        self.count += 1
        names = [f"v{self.count}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def linear(self, x: str, matrix: Floats) -> str:
        """x: (B, T, in), matrix: (out, in). A scale an output channel."""
        if not self.quantized:
            return self.node("MatMul", x, self.constant(matrix.T.astype(np.float32).copy()))
        scale = np.abs(matrix).max(1) / LARGEST_WEIGHT
        values = np.round(matrix / scale[:, None]).astype(np.int8)
        return self.node(
            "DynamicQuantizeMatMul",
            x,
            self.constant(values.T.copy()),
            self.constant(scale.astype(np.float32)),
            self.constant(np.zeros(len(scale), np.int8)),
            domain=FUSED,
        )

    def embed(self, ids: str, rows: Floats) -> str:
        if not self.quantized:
            return self.node("Gather", self.constant(rows.astype(np.float32)), ids)
        scale = np.maximum(np.abs(rows).max(1, keepdims=True), 1e-8) / 127
        values = np.round(rows / scale).astype(np.int8)
        found = self.node("Cast", self.node("Gather", self.constant(values), ids), to=TensorProto.FLOAT)
        return self.node("Mul", found, self.node("Gather", self.constant(scale.astype(np.float32)), ids))

    def add_and_norm(self, stream: str, added: str, weight: str, epsilon: float) -> tuple[str, str]:
        """The sum, normed, and the sum itself."""
        self.count += 1
        normed, total = f"v{self.count}.0", f"v{self.count}.3"
        kind = "SkipSimplifiedLayerNormalization"
        outputs = [normed, "", "", total]  # mean and deviation are not asked for
        self.nodes.append(helper.make_node(kind, [stream, added, weight], outputs, domain=FUSED, epsilon=epsilon))
        return normed, total


def attention(g: GraphWriter, shape: Shape, layer: Layer, x: str, rope: tuple[str, ...]) -> str:
    """x: (B, T, H), normed. Every position sees every other; query heads share the heads of keys and values."""
    head = shape.hidden // shape.heads
    sizes = g.constant(np.array([shape.hidden, shape.kv_heads * head, shape.kv_heads * head], np.int64))
    q, k, v = g.node("Split", g.linear(x, layer.qkv), sizes, outputs=3, axis=-1)
    turn = dict(domain=FUSED, interleaved=1, rotary_embedding_dim=0)
    q = g.node("RotaryEmbedding", q, *rope, num_heads=shape.heads, **turn)
    k = g.node("RotaryEmbedding", k, *rope, num_heads=shape.kv_heads, **turn)
    found = g.node("Attention", q, k, v, q_num_heads=shape.heads, kv_num_heads=shape.kv_heads, scale=head**-0.5)
    return g.linear(found, layer.output)


def feed_forward(g: GraphWriter, layer: Layer, x: str) -> str:
    gate, up = g.node("Split", g.linear(x, layer.gate_up), outputs=2, axis=-1, num_outputs=2)
    gated = g.node("Mul", g.node("QuickGelu", gate, domain=FUSED, alpha=1.0), up)  # alpha 1: SiLU
    return g.linear(gated, layer.down)


def graph_of(weights: Weights, quantized: bool, longest: int) -> onnx.ModelProto:
    """Input `input_ids` (B, T), all of equal length; an output a task, (B, T, labels): each label at each position."""
    shape = weights.shape
    g = GraphWriter(quantized)
    cos, sin = rotary(longest, shape.hidden // shape.heads, shape.rope_base)
    rope = tuple(map(g.constant, (np.zeros(1, np.int64), cos.numpy(), sin.numpy())))
    stream = g.embed("input_ids", weights.embedding)
    ones = g.constant(np.ones(shape.hidden, np.float32))  # norms are in the matrices
    normed = g.node("SimplifiedLayerNormalization", stream, ones, epsilon=shape.epsilon, axis=-1)
    for layer in weights.layers:
        normed, stream = g.add_and_norm(stream, attention(g, shape, layer, normed, rope), ones, shape.epsilon)
        normed, stream = g.add_and_norm(stream, feed_forward(g, layer, normed), ones, shape.epsilon)
    for task, rows in weights.heads.items():  # the last word on every answer: fp32
        g.nodes.append(helper.make_node("MatMul", [normed, g.constant(rows.T.astype(np.float32).copy())], [task]))
    graph = helper.make_graph(
        g.nodes,
        "onepass",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])],
        [
            helper.make_tensor_value_info(task, TensorProto.FLOAT, ["batch", "tokens", len(rows)])
            for task, rows in weights.heads.items()
        ],
        g.constants,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(FUSED, 1)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="onepass")


def write_onnx(path: Path, model: PrefixLM, vocabulary: Vocabulary, prompts: Iterable[list[int]], longest: int) -> None:
    """The 8-bit graph. prompts: of training data, to see how large activations get; longest: tokens of a prompt."""
    weights = weights_of(model, vocabulary)
    smooth(weights, largest_before_down(model, prompts))
    rotate(weights)
    path.write_bytes(graph_of(weights, quantized=True, longest=longest).SerializeToString())
