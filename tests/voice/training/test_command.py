"""One command builds a model from nothing, and takes up where it stopped."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from voice.recognisers.vosk import VoskRecogniser
from voice.training.dataset import Task, make_all, read_shard
from voice.training.fitting import Fitting
from voice.training.network import Shape
from voice.training.pronunciation import UNITS

HOME = Path(__file__).parents[3]


def train(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "voice.training", "--quick", "--processes", "1"]
    places = [
        "--output",
        str(folder / "model"),
        "--work",
        str(folder / "work"),
        "--content",
        str(HOME / "nlu_data"),
    ]
    return subprocess.run(
        [*command, *places, *options], cwd=HOME, capture_output=True, text=True, timeout=150, check=False
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("training")
    done = train(folder)
    assert done.returncode == 0, done.stderr
    assert "s left" in done.stdout
    return folder


def test_the_quick_model_loads_in_vosk_with_its_card(built: Path) -> None:
    recogniser = VoskRecogniser(built / "model")
    assert recogniser.info.kind == "synthetic-speech"
    card = (built / "model" / "README.md").read_text("utf-8")
    assert "not for people" in card and "python -m voice.training" in card


def test_the_examples_hold_speech_and_its_sounds(built: Path) -> None:
    (shard,) = built.glob("work/*/round1/*.npz")
    examples = list(read_shard(shard))
    assert len(examples) == 12
    assert all(example.features.shape[1] == 40 and len(example.features) > 20 for example in examples)
    assert any(len(example.units) for example in examples)


def test_finished_steps_are_not_done_again(built: Path) -> None:
    (folder,) = built.glob("work/*/round1")
    shard, checkpoint = folder / "0000.npz", folder / "checkpoint.pt"
    before = (shard.stat().st_mtime_ns, checkpoint.stat().st_mtime_ns)
    task = Task(shard, [["不", "在", "词表"]], {}, {}, seed=0)
    assert make_all([task], 1, print) == [shard]
    lines: list[str] = []
    fitting = Fitting(
        Shape(16, len(UNITS) + 1),
        [shard],
        checkpoint,
        epochs=1,
        rate=0.1,
        seed=1,
        threads=1,
        report=lines.append,
    )
    fitting.run()
    assert lines == []
    assert (shard.stat().st_mtime_ns, checkpoint.stat().st_mtime_ns) == before


def test_an_interrupted_training_goes_on_after_its_last_epoch(built: Path, tmp_path: Path) -> None:
    (shard,) = built.glob("work/*/round1/0000.npz")

    def fitting(report: Callable[[str], None]) -> Fitting:
        return Fitting(
            Shape(16, len(UNITS) + 1),
            [shard],
            tmp_path / "checkpoint.pt",
            epochs=2,
            rate=0.003,
            seed=1,
            threads=1,
            report=report,
        )

    def interrupted(line: str) -> None:
        if line.startswith("epoch 2"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fitting(interrupted).run()
    lines: list[str] = []
    fitting(lines.append).run()
    assert [line.split(":")[0] for line in lines] == ["epoch 2/2"]


def test_the_graph_alone_is_renewed_on_the_same_acoustic_model(built: Path, tmp_path: Path) -> None:
    model = Path(shutil.copytree(built / "model", tmp_path / "model"))
    acoustics = (model / "am/final.mdl").read_bytes()
    content = Path(shutil.copytree(HOME / "nlu_data", tmp_path / "nlu_data"))
    (content / "personas/new.yml").write_text("persona: new\ngreeting: 饕餮\n", "utf-8")
    done = train(tmp_path, "--graph-only", "--content", str(content))
    assert done.returncode == 0, done.stderr
    assert VoskRecogniser(model).info.words == (VoskRecogniser(built / "model").info.words or 0) + 2
    assert "饕" in (model / "graph/words.txt").read_text("utf-8")
    assert (model / "am/final.mdl").read_bytes() == acoustics


def test_content_without_lexicons_gives_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = train(tmp_path, "--content", str(tmp_path / "empty"))
    assert done.returncode == 1
    assert done.stderr.startswith("error: ") and "symptoms.yml" in done.stderr
