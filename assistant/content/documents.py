"""YAML files with the line of everything in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from assistant.content.problems import Problem, nearest

Path = tuple[str | int, ...]


@dataclass
class Document:
    """One parsed file. Readers note what is wrong with it in `problems`."""

    file: str
    data: Any
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """Line of the deepest part of the path that the file has."""
        node, line = self.data, 1
        for part in path:
            if isinstance(node, CommentedMap) and part in node:
                line = node.lc.key(part)[0] + 1
            elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
                line = node.lc.item(part)[0] + 1
            else:
                break
            node = node[part]
        return line

    def locate(self, path: Path) -> tuple[str, int]:
        """File and line of a path."""
        return self.file, self.line(path)

    def problem(self, path: Path, message: str, suggestion: str | None = None) -> None:
        """Notes a defect at the path."""
        self.problems.append(Problem(self.file, self.line(path), message, suggestion))

    def mapping(self, path: Path, value: Any, what: str) -> Mapping[str, Any]:
        """The value if it is a mapping; otherwise a defect is noted and an empty one given."""
        if isinstance(value, Mapping):
            return value
        self.problem(path, f"{what} must be a mapping of keys, found {describe(value)}")
        return {}

    def sequence(self, path: Path, value: Any, what: str) -> Sequence[Any]:
        """The value if it is a list; otherwise a defect is noted and an empty one given."""
        if isinstance(value, Sequence) and not isinstance(value, str):
            return value
        self.problem(path, f"{what} must be a list, found {describe(value)}")
        return ()

    def known_keys(self, path: Path, value: Mapping[str, Any], known: Iterable[str], what: str) -> bool:
        """Notes every key that is not known. True when all are."""
        allowed = list(known)
        strange = [str(key) for key in value if key not in allowed]
        for key in strange:
            self.problem((*path, key), f"unknown key {key!r} in {what}", nearest(key, allowed))
        return not strange


def describe(value: Any) -> str:
    """A value found where something else was expected, for a message."""
    return "nothing" if value is None else repr(value)[:60]


def parse(file: str, text: str) -> Document:
    """The document in `text`. A syntax error becomes a problem of an empty document."""
    yaml = YAML(typ="rt")
    yaml.allow_duplicate_keys = False
    try:
        return Document(file, yaml.load(StringIO(text)) or {})
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        document = Document(file, {})
        line = mark.line + 1 if mark else 1
        reason = (error.problem or "not valid YAML").splitlines()[0]
        document.problems.append(Problem(file, line, f"not valid YAML: {reason}"))
        return document
    except YAMLError as error:
        document = Document(file, {})
        document.problems.append(Problem(file, 1, f"not valid YAML: {str(error).splitlines()[0]}"))
        return document


def plain(value: Any) -> Any:
    """The value without the YAML reader's own types."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return str(value)
