import json
from pathlib import Path

import numpy as np
import pytest

from training.evidence_table import EvidenceTable, frequencies

# test/tasks/evidence.test.ts reads the same table.
FIXTURE = json.loads((Path(__file__).parents[2] / "test/fixtures/evidence.json").read_text(encoding="utf-8"))


def table() -> EvidenceTable:
    return EvidenceTable(
        np.array(FIXTURE["importances"], np.uint8),
        np.array(FIXTURE["weights"], np.int8),
        FIXTURE["opening"],
        FIXTURE["damping"],
        FIXTURE["weight"],
    )


@pytest.mark.parametrize("case", FIXTURE["cases"], ids=lambda case: str(case["ids"]))
def test_both_languages_read_the_same(case: dict) -> None:
    assert table().scores(case["ids"]) == pytest.approx(case["scores"], abs=1e-5)


def test_a_token_is_counted_alone_and_with_its_neighbour_and_twice_where_a_text_opens() -> None:
    found, values = frequencies([1, 2], opening=0, buckets=1 << 20)
    assert len(found) == 3 and values == pytest.approx([1, 1, 1])
    _, opened = frequencies([1, 2], opening=2, buckets=1 << 20)
    assert opened == pytest.approx([1 + np.log(2)] * 3)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    written = table()
    written.write(tmp_path)
    read = EvidenceTable.read(tmp_path, written.entry(), written.opening)
    assert read.scores([5, 6, 7]) == pytest.approx(written.scores([5, 6, 7]))
