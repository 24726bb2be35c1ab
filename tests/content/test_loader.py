"""Content is checked when it is loaded: each defect with file, line and suggestion, all of them at once."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from assistant.content import ContentErrors, digest, load, read
from tests.content.flows_page import example_files

DEFECTS: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).with_name("defects.yml"))


def good() -> dict[str, str]:
    return {name: text for name, text in example_files().items() if not name.startswith("tests/")}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect["name"])
def test_defect_is_reported_where_it_is(defect: dict[str, Any]) -> None:
    files = good()
    assert defect["replace"] in files[defect["file"]]
    files[defect["file"]] = files[defect["file"]].replace(defect["replace"], defect["with"], 1)
    with pytest.raises(ContentErrors) as caught:
        load(files)
    found = [problem for problem in caught.value.problems if defect["says"] in problem.message]
    assert found, f"not reported, but: {caught.value}"
    problem = found[0]
    assert problem.suggestion == defect.get("suggests")
    assert problem.file in files
    lines = files[problem.file].splitlines()
    assert 1 <= problem.line <= len(lines) + 1


def test_line_is_that_of_the_defect() -> None:
    files = good()
    files["flows/visit.yml"] = files["flows/visit.yml"].replace("- say: utter_bye", "- say: utter_by")
    with pytest.raises(ContentErrors) as caught:
        load(files)
    problem = caught.value.problems[0]
    assert "utter_by" in files["flows/visit.yml"].splitlines()[problem.line - 1]
    assert str(problem).startswith(f"flows/visit.yml:{problem.line}: ")


def test_all_defects_are_reported_at_once() -> None:
    files = good()
    files["flows/visit.yml"] = files["flows/visit.yml"].replace("title:", "titel:", 1)
    files["domain/visit.yml"] = files["domain/visit.yml"].replace("type: quantity", "type: x", 1)
    with pytest.raises(ContentErrors) as caught:
        load(files)
    assert {problem.file for problem in caught.value.problems} == {"flows/visit.yml", "domain/visit.yml"}


def test_version_follows_the_texts() -> None:
    files = good()
    edited = {**files, "domain/visit.yml": files["domain/visit.yml"].replace("您好。", "你好。")}
    assert load(files).version == load(dict(reversed(files.items()))).version == digest(files)
    assert load(edited).version != load(files).version


def test_reading_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no flows, forms or domain files"):
        read(tmp_path)
