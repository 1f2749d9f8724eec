"""RoBERTa as an ONNX graph, written node by node: no torch, no transformers.

The architecture is Hugging Face's, numerically: learnt positions that start behind the padding's id, layer norms after
the residual, GELU by erf, `RobertaClassificationHead` on `<s>`, a linear head on every token for slots. The nodes stand
as in the usual export, so that ONNX Runtime's optimiser for transformers knows them again.
"""

from dataclasses import dataclass

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
PADDING = 1  # RoBERTa's id of <pad>: the first position is the one behind it
EPSILON = 1e-5  # of the layer norms
MASKED = -10_000.0  # added to the scores of padding


@dataclass(frozen=True)
class Shape:
    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int = 50_265
    positions: int = 514


SHAPES = {
    "base": Shape(hidden=768, layers=12, heads=12, intermediate=3072),
    "large": Shape(hidden=1024, layers=24, heads=16, intermediate=4096),
}


class Weights:
    """Random weights as RoBERTa's before training: normal, standard deviation 0.02. Biases alike, so they count."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)

    def normal(self, *shape: int) -> NDArray[np.float32]:
        return self.rng.standard_normal(shape, np.float32) * np.float32(0.02)


class GraphBuilder:
    """Nodes and initializers in the making. Each method adds nodes and returns the name of their output."""

    def __init__(self, shape: Shape, weights: Weights) -> None:
        self.shape, self.weights = shape, weights
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.constants: dict[tuple[str, bytes, tuple[int, ...]], str] = {}

    def node(self, kind: str, *inputs: str, **attributes: object) -> str:
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name, **attributes))
        return name

    def parameter(self, name: str, values: NDArray[np.float32]) -> str:
        self.initializers.append(numpy_helper.from_array(values, name))
        return name

    def constant(self, values: object, kind: type) -> str:
        """A small constant; the same one twice is stored once."""
        array = np.array(values, kind)
        key = (array.dtype.name, array.tobytes(), array.shape)
        if key not in self.constants:
            self.constants[key] = f"constant_{len(self.constants)}"
            self.initializers.append(numpy_helper.from_array(array, self.constants[key]))
        return self.constants[key]

    def linear(self, name: str, states: str, inputs: int, outputs: int) -> str:
        weight = self.parameter(f"{name}.weight", self.weights.normal(inputs, outputs))
        bias = self.parameter(f"{name}.bias", self.weights.normal(outputs))
        return self.node("Add", self.node("MatMul", states, weight), bias)

    def layer_norm(self, name: str, states: str) -> str:
        size = self.shape.hidden
        weight = self.parameter(f"{name}.weight", 1 + self.weights.normal(size))
        bias = self.parameter(f"{name}.bias", self.weights.normal(size))
        return self.node("LayerNormalization", states, weight, bias, axis=-1, epsilon=EPSILON)

    def gelu(self, states: str) -> str:
        erf = self.node("Erf", self.node("Div", states, self.constant(np.sqrt(2.0), np.float32)))
        one_more = self.node("Add", erf, self.constant(1, np.float32))
        return self.node("Mul", self.node("Mul", states, one_more), self.constant(0.5, np.float32))

    def positions(self) -> str:
        """[batch, tokens]: 2, 3, … for tokens, 1 for padding, as `create_position_ids_from_input_ids` counts."""
        padding = self.constant(PADDING, np.int64)
        is_padding = self.node("Equal", "input_ids", padding)
        is_token = self.node("Cast", self.node("Not", is_padding), to=TensorProto.INT64)
        count = self.node("CumSum", is_token, self.constant(1, np.int64))
        return self.node("Add", self.node("Mul", count, is_token), padding)

    def embeddings(self) -> str:
        shape, normal = self.shape, self.weights.normal
        words = self.parameter("embeddings.word_embeddings.weight", normal(shape.vocabulary, shape.hidden))
        types = self.parameter("embeddings.token_type_embeddings.weight", normal(shape.hidden))  # the only type's row
        places = self.parameter("embeddings.position_embeddings.weight", normal(shape.positions, shape.hidden))
        typed = self.node("Add", self.node("Gather", words, "input_ids", axis=0), types)
        placed = self.node("Add", typed, self.node("Gather", places, self.positions(), axis=0))
        return self.layer_norm("embeddings.LayerNorm", placed)

    def mask(self) -> str:
        """[batch, 1, 1, tokens]: 0 for tokens, `MASKED` for padding."""
        wide = self.node("Unsqueeze", "attention_mask", self.constant([1], np.int64))
        wider = self.node("Unsqueeze", wide, self.constant([2], np.int64))
        kept = self.node("Cast", wider, to=TensorProto.FLOAT)
        gone = self.node("Sub", self.constant(1, np.float32), kept)
        return self.node("Mul", gone, self.constant(MASKED, np.float32))

    def attention(self, name: str, states: str, mask: str) -> str:
        size, heads = self.shape.hidden, self.shape.heads
        split = self.constant([0, 0, heads, size // heads], np.int64)

        def projected(part: str, order: list[int]) -> str:
            flat = self.linear(f"{name}.self.{part}", states, size, size)
            return self.node("Transpose", self.node("Reshape", flat, split), perm=order)

        query, key = projected("query", [0, 2, 1, 3]), projected("key", [0, 2, 3, 1])
        value = projected("value", [0, 2, 1, 3])
        scale = self.constant(np.sqrt(size // heads), np.float32)
        scores = self.node("Div", self.node("MatMul", query, key), scale)  # [batch, heads, tokens, tokens]
        shares = self.node("Softmax", self.node("Add", scores, mask), axis=-1)
        seen = self.node("Transpose", self.node("MatMul", shares, value), perm=[0, 2, 1, 3])
        joined = self.node("Reshape", seen, self.constant([0, 0, size], np.int64))
        return self.linear(f"{name}.output.dense", joined, size, size)

    def layer(self, name: str, states: str, mask: str) -> str:
        size, wide = self.shape.hidden, self.shape.intermediate
        attended = self.node("Add", self.attention(f"{name}.attention", states, mask), states)
        states = self.layer_norm(f"{name}.attention.output.LayerNorm", attended)
        widened = self.gelu(self.linear(f"{name}.intermediate.dense", states, size, wide))
        narrowed = self.linear(f"{name}.output.dense", widened, wide, size)
        return self.layer_norm(f"{name}.output.LayerNorm", self.node("Add", narrowed, states))

    def encoder(self) -> str:
        states, mask = self.embeddings(), self.mask()
        for i in range(self.shape.layers):
            states = self.layer(f"encoder.layer.{i}", states, mask)
        return states

    def text_head(self, task: str, states: str, labels: int) -> None:
        """`RobertaClassificationHead`: [batch, labels], from the state of <s>."""
        size = self.shape.hidden
        first = self.node("Gather", states, self.constant(0, np.int64), axis=1)
        dense = self.node("Tanh", self.linear(f"{task}.dense", first, size, size))
        self.nodes.append(helper.make_node("Identity", [self.linear(f"{task}.out_proj", dense, size, labels)], [task]))

    def token_head(self, task: str, states: str, tags: int) -> None:
        """[batch, tokens, tags], from the state of each token."""
        logits = self.linear(f"{task}.classifier", states, self.shape.hidden, tags)
        self.nodes.append(helper.make_node("Identity", [logits], [task]))


def build(shape: Shape, heads: dict[str, int], seed: int) -> onnx.ModelProto:
    """A model with an output a task of `heads` (task: how many labels); "slots" is read at every token."""
    builder = GraphBuilder(shape, Weights(seed))
    states = builder.encoder()
    outputs = []
    for task, labels in heads.items():
        by_token = task == "slots"
        (builder.token_head if by_token else builder.text_head)(task, states, labels)
        axes = ["batch", "tokens", labels] if by_token else ["batch", labels]
        outputs.append(helper.make_tensor_value_info(task, TensorProto.FLOAT, axes))
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    graph = helper.make_graph(builder.nodes, "roberta", inputs, outputs, builder.initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
