from pathlib import Path

import pytest

from training.config import DecoderConfig, load
from training.encoder_config import EncoderConfig
from training.roberta_config import SmallConfig

CONFIGS = sorted((Path(__file__).parents[1] / "configs").glob("*.toml"))
KINDS = {"decoder": DecoderConfig, "encoder": EncoderConfig, "roberta": SmallConfig}
ENCODER = 'base = "b"\ndata = "d"\nout = "o"\nsteps = 1\nbatch = 2\nevaluate_every = 1\n'


def written(folder: Path, text: str) -> str:
    path = folder / "run.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_config_loads_and_names_its_own_run(path: Path) -> None:
    config = load(KINDS[path.stem.split("-")[0]], str(path))
    assert config.out == Path("training/runs") / path.stem
    assert config.path == path


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="unknown settings stepz"):
        load(EncoderConfig, written(tmp_path, ENCODER + 'tasks = ["intent"]\nstepz = 3\n'))


@pytest.mark.parametrize("tasks", ["[]", '["intent", "mood"]'])
def test_an_encoder_needs_known_tasks(tmp_path: Path, tasks: str) -> None:
    with pytest.raises(SystemExit, match="tasks must be some of intent, slots, topic"):
        load(EncoderConfig, written(tmp_path, ENCODER + f"tasks = {tasks}\n"))


def test_a_window_must_fit_a_sequence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="a window of 127 tokens"):
        load(EncoderConfig, written(tmp_path, ENCODER + 'tasks = ["topic"]\nwindow_lengths = [127]\n'))
