"""The model made by hand, in a folder of its own."""

from pathlib import Path

import pytest

from tests.understanding.serving.tiny import tiny_model


@pytest.fixture
def tiny_folder(tmp_path: Path) -> Path:
    """The folder of version 1 of the model made by hand."""
    tiny_model(tmp_path / "models", "1")
    return tmp_path / "models" / "1"
