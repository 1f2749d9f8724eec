import pytest

torch = pytest.importorskip("torch", reason="the reference is a torch model")
onnxruntime = pytest.importorskip("onnxruntime", reason="runs the graph")

import numpy as np  # noqa: E402

from training import decoder_onnx  # noqa: E402
from training.prefix_lm import PrefixLM, Shape  # noqa: E402

LABELS = {"intent": ["a", "b", "c"], "slots": ["O", "B-x"]}
STARTS = {"intent": 42, "slots": 45}
PROMPT = [1, 40, 7, 9, 33, 21, 4]


class Labels:
    labels = LABELS
    label_start = STARTS


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(3)
    made = PrefixLM(Shape(layers=3, hidden=192, heads=6, kv_heads=2, mlp=256), 47).eval()
    with torch.no_grad():
        made.token_embd.weight.mul_(0.2)
        for name, parameter in made.named_parameters():
            if "norm" in name:
                parameter.uniform_(0.5, 1.5)
        for block in made.blk:  # a channel that is far larger than all others, as language models have them
            block.ffn_up.weight[5] *= 300
            block.ffn_down.weight[:, 5] /= 300
    return made


def expected(model, task):
    with torch.no_grad():
        states = model(torch.tensor([PROMPT]))
        return model.label_logits(states, STARTS[task], len(LABELS[task])).numpy()


def answers(model, quantized, change=lambda weights: None):
    weights = decoder_onnx.weights_of(model, Labels)
    change(weights)
    graph = decoder_onnx.graph_of(weights, quantized, longest=16)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    return dict(zip(LABELS, session.run(list(LABELS), {"input_ids": np.array([PROMPT])}), strict=True))


def smooth(model):
    return lambda weights: decoder_onnx.smooth(weights, decoder_onnx.largest_before_down(model, [PROMPT]))


def changes(model):
    def both(weights):
        smooth(model)(weights)
        decoder_onnx.rotate(weights)

    return {"nothing": lambda weights: None, "rotate": decoder_onnx.rotate, "smooth": smooth(model), "both": both}


@pytest.mark.parametrize("change", ["nothing", "rotate", "smooth", "both"])
def test_the_fp32_graph_computes_what_the_model_computes(model, change):
    found = answers(model, quantized=False, change=changes(model)[change])
    for task, scores in found.items():
        assert scores.shape == (1, len(PROMPT), len(LABELS[task]))
        assert np.abs(scores - expected(model, task)).max() < 1e-3


def test_rotated_and_smoothed_8_bits_are_nearer_than_plain_ones(model):
    def error(change):
        found = answers(model, quantized=True, change=changes(model)[change])
        return np.mean([np.abs(scores - expected(model, task)).mean() for task, scores in found.items()])

    assert error("both") < 0.5 * error("nothing")


def test_prompts_in_a_batch_see_themselves_alone(model):
    weights = decoder_onnx.weights_of(model, Labels)
    graph = decoder_onnx.graph_of(weights, False, longest=16)
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    other = PROMPT[::-1]
    both = session.run(["slots"], {"input_ids": np.array([PROMPT, other])})[0]
    alone = session.run(["slots"], {"input_ids": np.array([other])})[0]
    assert np.abs(both[1] - alone[0]).max() < 1e-4
