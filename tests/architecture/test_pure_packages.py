"""The packages that decide about health are pure: same input, same output, on any machine and any day."""

import ast
from pathlib import Path

import pytest

from tests.architecture.source import imported_modules, python_files, tree

PURE = ("assistant/dialogue", "assistant/care", "triage")

OUTSIDE = frozenset(
    {
        "aiosqlite", "alembic", "asyncio", "asyncpg", "builtins.open", "concurrent", "dbos",
        "fastapi", "http", "httpx", "importlib", "io", "logging", "multiprocessing", "numpy", "os",
        "pathlib", "prometheus_client", "psycopg", "random", "requests", "secrets", "shutil",
        "signal", "socket", "sqlalchemy", "sqlite3", "starlette", "structlog", "subprocess", "sys",
        "tempfile", "threading", "time", "twilio", "urllib", "uuid.uuid1", "uuid.uuid4", "uvicorn",
        "vosk", "websockets",
    }
)  # fmt: skip
"""Modules (or names in them) that reach outside or differ from run to run."""

CLOCKS = frozenset({"now", "utcnow", "today", "fromtimestamp"})
"""Methods of date and datetime that read the clock or the machine's time zone."""

VALUE_TYPES = frozenset(
    f"assistant.dialogue.{name}" for name in ("frozen", "meaning", "slots", "waits", "events", "inputs")
)
"""What `care` and `understanding` may know of the engine."""


@pytest.mark.parametrize("path", python_files(*PURE), ids=str)
def test_imports_nothing_that_reaches_outside(path: Path) -> None:
    reached = [
        f"{path}:{line}: {module}"
        for module, line in imported_modules(path)
        if module in OUTSIDE or module.partition(".")[0] in OUTSIDE
    ]
    assert not reached


@pytest.mark.parametrize("path", python_files(*PURE), ids=str)
def test_reads_no_clock_and_opens_no_file(path: Path) -> None:
    calls = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    clocks = [
        f"{path}:{call.lineno}: {ast.unparse(call.func)}"
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in CLOCKS
        and ast.unparse(call.func.value).rpartition(".")[2] in ("date", "datetime")
    ]
    opened = [
        f"{path}:{call.lineno}: {call.func.id}"
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in ("open", "print", "input", "eval", "exec")
    ]
    assert not clocks + opened


@pytest.mark.parametrize("path", python_files("assistant/care", "assistant/understanding"), ids=str)
def test_knows_only_the_value_types_of_the_engine(path: Path) -> None:
    beyond = [
        f"{path}:{line}: {module}"
        for module, line in imported_modules(path)
        if module.startswith("assistant.dialogue.") and ".".join(module.split(".")[:3]) not in VALUE_TYPES
    ]
    assert not beyond


def test_the_clock_check_sees_a_clock() -> None:
    call = ast.parse("datetime.datetime.now()").body[0].value  # type: ignore[attr-defined]
    assert call.func.attr in CLOCKS
    assert ast.unparse(call.func.value).rpartition(".")[2] == "datetime"
