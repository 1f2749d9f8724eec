import numpy as np
import pytest

from training import bundle
from training.calibrate import (
    expected_calibration_error,
    fit,
    fit_margins,
    fit_spans,
    pool_windows,
    sigmoid,
    softmax,
    span_probability,
)


def test_a_known_temperature_is_found_again() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(20_000, 5)) * 2
    gold = np.array([rng.choice(5, p=row) for row in softmax(logits, 1.0)])
    assert fit(logits * 3, gold) == pytest.approx(3.0, rel=0.05)


def test_one_window_stands_as_it_is() -> None:
    assert pool_windows(np.array([[3.0, -1.0]]), np.array([7.0])) == pytest.approx([3.0, -1.0])


def test_a_window_weighs_as_much_as_it_holds() -> None:
    pooled = pool_windows(np.array([[4.0, 0.0], [0.0, 4.0]]), np.array([3.0, 1.0]))
    assert pooled[0] / pooled[1] == pytest.approx(3.0)


def test_windows_that_agree_are_surer_than_one_by_the_fourth_root_of_their_number() -> None:
    assert pool_windows(np.ones((16, 2)), np.full(16, 125.0)) == pytest.approx([2.0, 2.0])
    assert pool_windows(np.ones((2, 2)), np.array([100.0, 50.0])) == pytest.approx([1.5**0.25] * 2)


def test_a_known_scale_and_shift_of_spans_are_found_again() -> None:
    rng = np.random.default_rng(2)
    truth = rng.uniform(0.01, 0.99, size=20_000)
    told = sigmoid((np.log(truth / (1 - truth)) + 0.5) / 0.4)  # 0.4 x - 0.5 takes it back
    found = fit_spans(told, rng.uniform(size=20_000) < truth)
    assert found == pytest.approx({"scale": 0.4, "shift": -0.5}, abs=0.05)


def test_a_known_scale_and_power_of_margins_are_found_again() -> None:
    rng = np.random.default_rng(3)
    logits = rng.normal(size=(20_000, 6)) * 2
    truth = softmax(logits, 1.0)
    told = softmax(-((logits.max(-1, keepdims=True) - logits) ** 0.5), 1.0)
    right = rng.uniform(size=20_000) < truth.max(-1)
    assert fit_margins(told, right) == pytest.approx({"scale": 1.0, "power": 2.0}, abs=0.1)


def test_labels_that_tie_or_have_nothing_left_are_no_trouble() -> None:
    told = np.array([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0]] * 50)
    found = fit_margins(told, np.arange(100) % 4 > 0)
    assert all(np.isfinite(list(found.values())))


@pytest.mark.parametrize("right", [True, False])
def test_a_model_that_is_always_right_or_wrong_has_a_finite_calibration(right: bool) -> None:
    rng = np.random.default_rng(4)
    fitted = [
        fit_spans(rng.uniform(size=500), np.full(500, right)),
        fit_margins(softmax(rng.normal(size=(500, 3)), 1.0), np.full(500, right)),
    ]
    for figures in fitted:
        assert np.isfinite(list(figures.values())).all()
        assert figures["scale"] > 0


def test_a_span_is_as_sure_as_its_words_on_average_and_its_end() -> None:
    tags = np.array([[0.2, 0.7, 0.1], [0.3, 0.2, 0.5], [0.5, 0.1, 0.4]])  # O, B, I
    path = [1, 2, 0]
    assert span_probability(tags, path, 0, 2, inside=2) == pytest.approx((0.7 * 0.5 * (1 - 0.4)) ** 0.5)
    assert span_probability(tags[:2], path[:2], 0, 2, inside=2) == pytest.approx((0.7 * 0.5) ** 0.5)


def test_a_manifest_has_figures_of_four_digits() -> None:
    labels = {"intent": ["a"], "slots": ["O", "B-x", "I-x"]}
    fitted = {
        "intent": {"temperature": 1.234567, "margin_calibration": {"scale": 0.512345, "power": 1.0}},
        "slots": {"temperature": 2.0, "span_calibration": {"scale": 1.0, "shift": -0.123456}},
    }
    assert bundle.task_entries(labels, fitted) == {
        "intent": {"labels": ["a"], "temperature": 1.2346, "margin_calibration": {"scale": 0.5123, "power": 1.0}},
        "slots": {
            "tags": ["O", "B-x", "I-x"],
            "temperature": 2.0,
            "span_calibration": {"scale": 1.0, "shift": -0.1235},
        },
    }


def test_calibration_error_is_the_gap_of_confidence_and_accuracy() -> None:
    assert expected_calibration_error(np.full(100, 0.9), np.arange(100) % 2 == 0, bins=1) == pytest.approx(0.4)
    assert expected_calibration_error(np.full(100, 0.5), np.arange(100) % 2 == 0, bins=1) == pytest.approx(0.0)


def test_a_topic_belongs_to_the_group_that_opens_its_name() -> None:
    assert bundle.topic_groups(["sci.space", "comp.sys.mac.hardware"]) == {
        "sci.space": "sci",
        "comp.sys.mac.hardware": "comp",
    }


def test_a_bundle_records_the_hash_of_every_file(tmp_path) -> None:
    (tmp_path / "weights").write_bytes(b"abc")
    bundle.write_bundle(tmp_path, {"name": "n"}, ["weights"])
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert f'"weights": "{expected}"' in (tmp_path / "bundle.json").read_text()
