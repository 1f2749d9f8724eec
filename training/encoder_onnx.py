"""An encoder as an ONNX graph: written in fp32, quantised to 8 bits, and read back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from training import batches, bundle
from training.encoder_model import Graph
from training.encoder_score import Floats
from training.encoder_tokenizer import EncoderTokenizer
from training.onnx_session import open_session
from training.text import prepare

OPSET = 18

# The best on dev is kept. Neither can overflow the 16-bit sums of processors without VNNI, as signed 8 bits can.
# One scale a matrix (not a channel) moves logits two to four times as far.
SETTINGS: dict[str, dict[str, Any]] = {
    "8 bits unsigned, per channel": {"weight_type": QuantType.QUInt8, "per_channel": True},
    "7 bits signed, per channel": {"weight_type": QuantType.QInt8, "per_channel": True, "reduce_range": True},
}


class OnnxReader:
    """The graphs of a bundle, one text a call: dynamic int8 scales activations by tensor, batch-mates would leak."""

    def __init__(self, graphs: list[Path], tokenizer: EncoderTokenizer) -> None:
        self.sessions = [open_session(graph) for graph in graphs]
        self.tokenizer = tokenizer

    def read(self, prompt: list[int], tasks: tuple[str, ...]) -> dict[str, Floats]:
        """Raw scores of `tasks`, where a graph has them: (labels,), for slots (tokens, tags)."""
        ids = np.array([prompt], dtype=np.int64)
        known = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        found: dict[str, Floats] = {}
        for session in self.sessions:
            wanted = [output.name for output in session.get_outputs() if output.name in tasks]
            if wanted:
                answers = session.run(wanted, {part.name: known[part.name] for part in session.get_inputs()})
                found.update({task: answer[0] for task, answer in zip(wanted, answers, strict=True)})
        return found

    def utterance(self, items: list[batches.Utterance]) -> Iterator[tuple[batches.Utterance, dict[str, Floats]]]:
        for item in items:
            found = self.read(self.tokenizer.opened(item.ids), ("intent", "slots"))
            if "slots" in found:
                found["slots"] = found["slots"][[f + 1 for f in item.first]]
            yield item, found

    def windows(self, windows: list[list[int]]) -> Floats:
        return np.stack([self.read(self.tokenizer.prompt(window), ("topic",))["topic"] for window in windows])

    def golden(self, text: str, tasks: tuple[str, ...]) -> dict[str, Any]:
        prepared = prepare(text)
        ids, first = self.tokenizer.encode(prepared)
        prompt, positions = self.tokenizer.prompt(ids), [f + 1 for f in first]
        found = self.read(prompt, tasks)
        if "slots" in found:
            found["slots"] = found["slots"][positions]
        return bundle.golden_case(text, prepared, prompt, positions, {task: found[task] for task in tasks})


def write_fp32(path: Path, graph: Graph, tasks: list[str]) -> None:
    """Any number of texts and tokens. `token_type_ids` is an input where the base tells segments apart (BERT)."""
    names = ["input_ids", "attention_mask"]
    if graph.encoder.body.config.type_vocab_size > 1:
        names.append("token_type_ids")
    # A tensor each: the exporter takes inputs that are one object for one input.
    inputs = {name: torch.full((2, 12), int(name != "token_type_ids")) for name in names}
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("tokens")}
    torch.onnx.export(
        graph,
        tuple(inputs.values()),
        path,
        input_names=names,
        output_names=tasks,
        opset_version=OPSET,
        dynamic_shapes=tuple(axes for _ in names),
        dynamo=True,
        external_data=False,
        verbose=False,
    )


def heads_of(model: onnx.ModelProto) -> list[str]:
    """Names of the nodes that multiply by a head's weights: small, and the last word on every answer."""
    maker = {output: node for node in model.graph.node for output in node.output}
    names: list[str] = []
    for output in model.graph.output:
        node = maker[output.name]
        while node.op_type not in ("MatMul", "Gemm"):
            node = maker[node.input[0]]
        names += [node.name, f"{node.name}_MatMul"]  # the quantiser turns Gemm into MatMul and Add, and renames it so
    return names


def quantize(fp32: Path, int8: Path, setting: dict[str, Any]) -> None:
    """8-bit weights of the matrices and of the embeddings; heads stay fp32."""
    quantize_dynamic(
        fp32,
        int8,
        op_types_to_quantize=["MatMul", "Gather"],
        nodes_to_exclude=heads_of(onnx.load(fp32)),
        extra_options={"MatMulConstBOnly": True},
        **setting,
    )
    strip(int8)


def strip(path: Path) -> None:
    """Deletes what the exporter noted: shapes in between, stack traces with paths of the machine that it ran on."""
    model = onnx.load(path)
    graph = model.graph
    del graph.value_info[:]
    for part in (model, graph, *graph.node, *graph.input, *graph.output, *graph.initializer):
        part.doc_string = ""
        del part.metadata_props[:]
    onnx.save(model, path)
