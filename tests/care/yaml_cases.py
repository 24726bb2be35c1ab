"""Tables of cases beside the tests."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

CASES = Path(__file__).parent / "cases"
CONTENT = Path(__file__).parents[2] / "nlu_data"


def read_yaml(path: Path) -> Any:
    """The content of a YAML file as plain lists and dictionaries."""
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def cases(name: str) -> list[Any]:
    """The cases of `cases/<name>.yml`, one parameter set each, by their names."""
    return [pytest.param(case, id=case["name"]) for case in read_yaml(CASES / f"{name}.yml")]
