"""The graphs of `npm run shapes` are true RoBERTas: node by node what transformers computes."""

import json
from pathlib import Path

import pytest

np = pytest.importorskip("numpy")
onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

from training.shapes.graph import PADDING, Shape, build  # noqa: E402

TINY = Shape(hidden=16, layers=2, heads=2, intermediate=32, vocabulary=60, positions=20)
IDS = np.array([[0, 9, 31, 7, 55, 2], [0, 12, 2, PADDING, PADDING, PADDING]], np.int64)
FEEDS = {"input_ids": IDS, "attention_mask": (IDS != PADDING).astype(np.int64)}


def run(path_or_bytes: str | bytes) -> dict[str, "np.ndarray"]:
    session = onnxruntime.InferenceSession(path_or_bytes, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, FEEDS), strict=True))


def reference(model: "onnx.ModelProto", task: str, labels: int) -> "np.ndarray":
    """What transformers says with the graph's weights."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    config = transformers.RobertaConfig(
        vocab_size=TINY.vocabulary,
        hidden_size=TINY.hidden,
        num_hidden_layers=TINY.layers,
        num_attention_heads=TINY.heads,
        intermediate_size=TINY.intermediate,
        max_position_embeddings=TINY.positions,
        type_vocab_size=1,
        layer_norm_eps=1e-5,
        num_labels=labels,
    )
    by_token = task == "slots"
    kind = transformers.RobertaForTokenClassification if by_token else transformers.RobertaForSequenceClassification
    twin = kind(config).eval()
    names = {f"{task}.classifier": "classifier", f"{task}.dense": "classifier.dense"}
    names[f"{task}.out_proj"] = "classifier.out_proj"
    state = twin.state_dict()
    for part in model.graph.initializer:
        stem, _, kind_of = part.name.rpartition(".")
        name = f"{names.get(stem, f'roberta.{stem}')}.{kind_of}"
        if name not in state:
            continue  # a constant, or another task's head
        values = onnx.numpy_helper.to_array(part).copy()
        if "token_type" in name:
            values = values[None]
        elif "embeddings" not in name:
            values = values.T  # torch multiplies by the transpose
        state[name] = torch.from_numpy(values.copy())
    twin.load_state_dict(state)
    with torch.inference_mode():
        return twin(**{name: torch.from_numpy(values) for name, values in FEEDS.items()}).logits.numpy()


@pytest.mark.parametrize("heads", [{"intent": 3, "topic": 4}, {"slots": 5}])
def test_the_graph_computes_what_transformers_computes(heads: dict[str, int]) -> None:
    model = build(TINY, heads, seed=1)
    onnx.checker.check_model(model)
    found = run(model.SerializeToString())
    assert set(found) == set(heads)
    for task, labels in heads.items():
        expected = reference(model, task, labels)
        kept = FEEDS["attention_mask"].astype(bool) if task == "slots" else slice(None)
        np.testing.assert_allclose(found[task][kept], expected[kept], atol=1e-5)


def test_other_seeds_make_other_weights() -> None:
    first, again, other = (run(build(TINY, {"intent": 3}, seed).SerializeToString())["intent"] for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_fused_nodes_compute_the_same_and_int8_nearly(tmp_path: Path) -> None:
    pytest.importorskip("sympy")
    from training.shapes import optimize

    model = build(TINY, {"slots": 5}, seed=3)
    plain = run(model.SerializeToString())["slots"]
    fused, int8 = tmp_path / "fused.onnx", tmp_path / "int8.onnx"
    optimize.fuse(model, TINY, fused)
    np.testing.assert_allclose(run(str(fused))["slots"], plain, atol=1e-5)
    optimize.quantize(fused, int8)
    kinds = {node.op_type for node in onnx.load(int8).graph.node}
    assert {"QAttention", "MatMulInteger"} <= kinds
    np.testing.assert_allclose(run(str(int8))["slots"], plain, atol=0.1)


def test_the_tokenizer_is_in_robertas_layout() -> None:
    tokenizers = pytest.importorskip("tokenizers")
    pytest.importorskip("gguf")
    from training.shapes.tokenizer import MASK_ID, byte_tokens, tokenizer_json, vocabulary

    assert sorted(tokenizers.pre_tokenizers.ByteLevel.alphabet()) == sorted(byte_tokens())
    file = tokenizer_json(vocabulary([*byte_tokens(), "up"], MASK_ID), [("u", "p")])
    read = tokenizers.Tokenizer.from_str(json.dumps(file))
    assert read.encode("up").tokens == ["<s>", "up", "</s>"]
    assert read.encode("up").ids[::2] == [0, 2]
    assert [read.token_to_id(token) for token in ("<s>", "<pad>", "</s>", "<unk>", "<mask>")] == [0, 1, 2, 3, 50264]
