"""What the packages import is declared, and what is declared is pinned."""

import re
import sys
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions

from tests.architecture.source import PACKAGES, ROOT, imported_modules, python_files

TRAINING = (
    "voice/training",
    "assistant/understanding/network",
    "assistant/understanding/training",
    "assistant/understanding/model/pretrained_subwords.py",
    "assistant/understanding/serving/loading.py",
    "assistant/understanding/serving/torch_runtime.py",
)
"""Alone may import what the extra `train` brings; the last three do so only where it is asked for."""

OTHER_ENVIRONMENTS = {"rasa"}
"""Imported only by what runs in an environment of its own."""

BROUGHT_ALONG = {"starlette": "fastapi", "tokenizers": "transformers"}
"""Imported under their own name, and part of what another one is."""

LOADED_BY_NAME = frozenset({"aiosqlite", "fhir-resources", "python-multipart"})
"""Declared, and imported by a name in a string or by another library."""


def names(requirements: list[str]) -> set[str]:
    """The normalised distribution names of requirement strings."""
    return {normal(re.split(r"[\[<>=~! ]", requirement, maxsplit=1)[0]) for requirement in requirements}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def extra(name: str) -> set[str]:
    return names(project()["optional-dependencies"][name])


def distributions(module: str) -> set[str]:
    """The distributions that a top-level module may come from; empty for the standard library and our own."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or top in (*PACKAGES, "tests", "benchmarks"):
        return set()
    return {BROUGHT_ALONG.get(name, name) for name in map(normal, _installed().get(top, [top]))}


@cache
def _installed() -> Mapping[str, list[str]]:
    return packages_distributions()


def test_every_import_is_declared() -> None:
    default = names(project()["dependencies"])
    missing = [
        f"{path}:{line}: {module}"
        for path in python_files(*PACKAGES)
        for module, line in imported_modules(path)
        if (from_ := distributions(module))
        and not from_ & (default | (extra("train") if str(path).startswith(TRAINING) else set()))
    ]
    assert not missing


def test_every_import_of_the_tests_is_declared() -> None:
    extras = [extra(name) for name in ("dev", "postgres", "train", "bench")]
    known = names(project()["dependencies"]).union(OTHER_ENVIRONMENTS, *extras)
    missing = [
        f"{path}:{line}: {module}"
        for path in python_files("tests", "benchmarks")
        for module, line in imported_modules(path)
        if (from_ := distributions(module)) and not from_ & known
    ]
    assert not missing


def test_every_default_dependency_is_used() -> None:
    used = {
        name
        for path in python_files(*PACKAGES)
        for module, _ in imported_modules(path)
        for name in distributions(module)
    }
    assert names(project()["dependencies"]) - used - LOADED_BY_NAME == set()


def test_every_dependency_is_pinned() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = names([line for line in lines if "==" in line])
    declared = names(project()["dependencies"]).union(
        *(extra(name) for name in project()["optional-dependencies"])
    )
    assert declared - pinned - {normal(project()["name"])} == set()
