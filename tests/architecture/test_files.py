"""Files stay small, tests stand where one looks for them, and nothing names the machine it was written on."""

import ast
import re
from pathlib import Path

from tests.architecture.source import PACKAGES, ROOT, python_files, tracked_files, tree

LONGEST_FILE = 400
LONG_FILES: dict[str, str] = {}
"""Files that may be longer, each with the reason."""

LONGEST_FUNCTION = 60
LONG_FUNCTIONS: dict[str, str] = {}
"""Functions (`file:name`) that may be longer, each with the reason."""

OF_THE_WHOLE = frozenset({"architecture", "end_to_end", "benchmarks"})
"""Folders of tests that look at the whole and so mirror no package."""

MACHINE_PATHS = re.compile(rb"/(?:home|Users|root|work|farm|opt|tmp|var/tmp)/[\w.-]+")
MAY_NAME_FOLDERS = frozenset({"tests/architecture/test_files.py"})


def test_no_file_is_two_ideas_long() -> None:
    long = {
        f"{path}: {lines} lines"
        for path in python_files(*PACKAGES, "tests", "benchmarks")
        if (lines := len((ROOT / path).read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
        and str(path) not in LONG_FILES
    }
    assert not long


def test_no_function_needs_scrolling() -> None:
    long = [
        f"{path}:{node.lineno}: {node.name} has {length} lines"
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or node.lineno) - node.lineno + 1) > LONGEST_FUNCTION
        and f"{path}:{node.name}" not in LONG_FUNCTIONS
    ]
    assert not long


def test_every_exception_is_for_a_file_that_exists() -> None:
    excepted = {*LONG_FILES, *(name.partition(":")[0] for name in LONG_FUNCTIONS)}
    assert [name for name in excepted if not (ROOT / name).is_file()] == []


def test_no_module_is_named_for_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc"}
    named = [str(path) for path in python_files(*PACKAGES) if vague & {path.stem, *path.parts}]
    assert not named


def test_every_test_module_mirrors_a_source_folder() -> None:
    astray = []
    for path in python_files("tests"):
        folder = Path(*path.parts[1:-1])
        if not path.name.startswith("test_") or not folder.parts or folder.parts[0] in OF_THE_WHOLE:
            continue
        homes = (ROOT / folder, ROOT / "assistant" / folder)
        if not any(home.is_dir() for home in homes):
            astray.append(str(path))
    assert not astray


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path)
        for path in python_files(*PACKAGES)
        if path.name != "__init__.py" and tree(path).body and not ast.get_docstring(tree(path))
    ]
    assert not silent


def test_no_tracked_file_names_the_machine_it_was_written_on() -> None:
    named = []
    for path in tracked_files():
        if str(path) in MAY_NAME_FOLDERS:
            continue
        for number, line in enumerate((ROOT / path).read_bytes().splitlines(), start=1):
            if MACHINE_PATHS.search(line):
                named.append(f"{path}:{number}: {line[:100]!r}")
    assert not named
