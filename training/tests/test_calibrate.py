import numpy as np
import pytest

from training import bundle
from training.calibrate import expected_calibration_error, fit, fit_windows, softmax, window_average


def test_a_known_temperature_is_found_again() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(20_000, 5)) * 2
    gold = np.array([rng.choice(5, p=row) for row in softmax(logits, 1.0)])
    assert fit(logits * 3, gold) == pytest.approx(3.0, rel=0.05)


def test_one_window_a_text_is_the_plain_case() -> None:
    rng = np.random.default_rng(1)
    logits, gold = rng.normal(size=(500, 4)), rng.integers(4, size=500)
    windows = [(row[None], np.array([7.0])) for row in logits]
    assert fit_windows(windows, gold.tolist()) == pytest.approx(fit(logits, gold), rel=1e-6)


def test_a_window_weighs_as_much_as_it_holds() -> None:
    windows, weights = np.array([[9.0, 0.0], [0.0, 9.0]]), np.array([3.0, 1.0])
    assert window_average(windows, weights, 1.0) == pytest.approx([0.75, 0.25], abs=1e-3)


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
