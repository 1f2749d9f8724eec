"""Where a decoder's graph is read: on a graph whose scores are the ids themselves."""

from pathlib import Path

import numpy as np
import pytest

onnx = pytest.importorskip("onnx", reason="writes the graph")
pytest.importorskip("onnxruntime", reason="runs it")
pytest.importorskip("gguf", reason="gguf reads the decoder's base")

from onnx import TensorProto, helper  # noqa: E402

from training.batches import Utterance  # noqa: E402
from training.decoder_reader import DecoderReader  # noqa: E402
from training.evidence_table import EvidenceTable  # noqa: E402
from training.vocabulary import BOS, BaseTokenizer, Vocabulary  # noqa: E402

LABELS = {"intent": ["a"], "slots": ["O"], "topic": ["b"]}
TEXT = [3, 4, 5, 6]


@pytest.fixture
def reader(tmp_path: Path) -> DecoderReader:
    nodes = [helper.make_node("Cast", ["input_ids"], ["ids"], to=TensorProto.FLOAT)]
    nodes += [helper.make_node("Unsqueeze", ["ids", "last"], [task]) for task in LABELS]
    graph = helper.make_graph(
        nodes,
        "ids",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "tokens"])],
        [helper.make_tensor_value_info(task, TensorProto.FLOAT, ["batch", "tokens", 1]) for task in LABELS],
        [helper.make_tensor("last", TensorProto.INT64, [1], [2])],
    )
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=10), tmp_path / "ids.onnx")
    tokens = ["<s>", "<bos>", "a", "b", "c", "d", "e"]
    return DecoderReader(tmp_path / "ids.onnx", Vocabulary(BaseTokenizer(tokens, [1] * len(tokens), []), LABELS))


def test_an_utterance_is_read_at_its_read_out_and_at_the_first_token_of_each_word(reader: DecoderReader) -> None:
    [(_, found)] = reader.utterance([Utterance(TEXT, [0, 2], 0, [0, 0], [])])
    assert found["intent"].tolist() == [reader.vocabulary.read_outs["intent"]]
    assert found["slots"].tolist() == [[3], [5]]


def test_windows_are_read_at_the_read_out_of_the_topic_however_long_they_are(reader: DecoderReader) -> None:
    assert reader.windows([TEXT, TEXT[:1], []]).tolist() == [[reader.vocabulary.read_outs["topic"]]] * 3
    assert reader.read([BOS, *TEXT], ["slots"])[0].tolist() == [[BOS], [3], [4], [5], [6]]


def test_every_window_has_the_evidence_of_the_whole_text(reader: DecoderReader) -> None:
    bytes_ = np.arange(1, 65)
    table = EvidenceTable(bytes_.astype(np.uint8), bytes_.astype(np.int8)[:, None], 2, 1.0, 1.0)
    alone = reader.windows([TEXT[:3], TEXT[3:]])
    reader.evidence = table
    assert reader.windows([TEXT[:3], TEXT[3:]]) == pytest.approx(alone + table.scores(TEXT))
    assert reader.read(reader.vocabulary.prompt(("topic",), TEXT), ["topic"])[0][1] == alone[0]
