"""Scores and thresholds of what is out of scope."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch trains")

from training.rejection import judge

NO = 2  # the label that rejects
# In scope: sure, doubtful, wrong; out of scope: rejected, and taken for the first label.
LOGITS = np.log([[0.8, 0.1, 0.1], [0.2, 0.5, 0.3], [0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.55, 0.15, 0.3]])
GOLD = np.array([0, 1, 1, NO, NO])


def test_confidence_is_that_of_the_best_label_that_does_not_reject() -> None:
    judged = judge(LOGITS, GOLD, NO, 1.0)
    assert judged.confidence == pytest.approx([0.8, 0.5, 0.6, 0.2, 0.55])
    assert judged.right[:3].tolist() == [True, True, False]


def test_auroc_is_the_share_of_pairs_in_the_right_order_and_a_tie_is_half_a_pair() -> None:
    assert judge(LOGITS, GOLD, NO, 1.0).auroc() == pytest.approx(5 / 6)
    assert judge(np.zeros((4, 3)), np.array([0, 1, NO, NO]), NO, 1.0).auroc() == 0.5


def test_the_threshold_keeps_as_many_rows_in_scope_as_it_says() -> None:
    judged = judge(np.random.default_rng(0).normal(size=(500, 3)), np.arange(500) % 3, NO, 1.0)
    inside = judged.confidence[~judged.outside]
    assert (inside >= judged.threshold(0.9)).mean() == pytest.approx(0.9, abs=0.01)
