"""A model directory that cannot work is refused in one sentence, before libvosk could crash on it."""

import json
import shutil
from pathlib import Path

import pytest

from voice.ports import ModelUnusable
from voice.recognisers.model_directory import FINGERPRINTED, MANIFEST, inspect
from voice.recognisers.vosk import VoskRecogniser

SHIPPED = Path(__file__).parents[3] / "models" / "speech-zh-small"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the shipped model."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "model"))


@pytest.fixture
def foreign(model: Path) -> Path:
    """The same as if it came from elsewhere: without our manifest."""
    (model / MANIFEST).unlink()
    return model


@pytest.mark.parametrize("name", FINGERPRINTED)
def test_a_missing_file_is_named(model: Path, name: str) -> None:
    (model / name).unlink()
    with pytest.raises(ModelUnusable, match=f"{name} is missing"):
        VoskRecogniser(model)


@pytest.mark.parametrize("name", FINGERPRINTED)
def test_a_cut_off_file_is_named(model: Path, name: str) -> None:
    content = (model / name).read_bytes()
    (model / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelUnusable, match=f"{name} is not the file that was built"):
        VoskRecogniser(model)


def test_a_graph_of_another_model_is_refused_and_never_reaches_libvosk(model: Path) -> None:
    graph = bytearray((model / "graph/HCLG.fst").read_bytes())
    graph[len(graph) // 2] ^= 0xFF
    (model / "graph/HCLG.fst").write_bytes(graph)
    with pytest.raises(ModelUnusable, match=r"HCLG\.fst is not the file that was built"):
        VoskRecogniser(model)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"name": "x"}'])
def test_a_damaged_manifest_is_named(model: Path, text: str) -> None:
    (model / MANIFEST).write_text(text)
    with pytest.raises(ModelUnusable, match=r"manifest\.json is damaged"):
        inspect(model)


def test_no_directory_at_all(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match="There is no model directory"):
        inspect(tmp_path / "nowhere")


def test_a_foreign_model_is_allowed_and_taken_for_a_published_one(foreign: Path) -> None:
    recogniser = VoskRecogniser(foreign)
    assert recogniser.info.kind == "published" and recogniser.info.words is None


@pytest.mark.parametrize("name", ["am/final.mdl", "conf/mfcc.conf", "graph/HCLG.fst", "graph/words.txt"])
def test_a_foreign_model_without_a_needed_file_is_refused(foreign: Path, name: str) -> None:
    (foreign / name).unlink()
    with pytest.raises(ModelUnusable, match=f"{name} is missing"):
        VoskRecogniser(foreign)


def test_a_foreign_model_that_libvosk_cannot_load_gives_one_sentence(foreign: Path) -> None:
    content = (foreign / "am/final.mdl").read_bytes()
    (foreign / "am/final.mdl").write_bytes(content[:5000])
    with pytest.raises(ModelUnusable, match="Vosk cannot load the model") as failure:
        VoskRecogniser(foreign)
    assert str(foreign) in str(failure.value)


def test_the_manifest_fingerprints_everything_that_libvosk_reads() -> None:
    manifest = json.loads((SHIPPED / MANIFEST).read_text("utf-8"))
    files = {str(f.relative_to(SHIPPED)) for f in SHIPPED.rglob("*") if f.is_file()}
    assert set(manifest["files"]) == files - {MANIFEST, "README.md"}
