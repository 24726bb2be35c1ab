"""The intents that the understanding tells apart: `domain/intents.yml`, in the style of Rasa's domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml.comments import CommentedSeq

from assistant.dialogue.meaning import Act
from assistant.understanding.data.example import Problem
from assistant.understanding.data.rasa_yaml import load_yaml


@dataclass(frozen=True, slots=True)
class Domain:
    """The known intents with their acts, those decided by rule alone, and the known kinds of entity."""

    acts: Mapping[str, str]
    untrained: frozenset[str]
    entities: frozenset[str] | None
    """None where the domain declares none."""


def parse_domain(file: str, text: str) -> tuple[Domain, list[Problem]]:
    """The domain in a file, with every defect of it."""
    data, problems = load_yaml(file, text)
    given = data if isinstance(data, Mapping) else {}
    listed = given.get("intents")
    intents = listed if isinstance(listed, CommentedSeq) else CommentedSeq()
    acts: dict[str, str] = {}
    untrained: set[str] = set()
    if not problems and intents is not listed:
        problems.append(Problem(f"{file}:1", "needs a list `intents:` with `- name: {act: …}`"))
    for index, item in enumerate(intents):
        source = f"{file}:{intents.lc.item(index)[0] + 1}"
        name, body = _intent(item)
        act = body.get("act") if isinstance(body, Mapping) else None
        if name in acts:
            problems.append(Problem(source, f"intent {name!r} is declared twice; keep one"))
        elif act not in set(Act):
            problems.append(Problem(source, f"intent {name!r} needs an act, one of {', '.join(Act)}"))
        else:
            acts[name] = str(act)
            if body.get("examples") is False:
                untrained.add(name)
    entities = given.get("entities")
    declared = frozenset(_intent(one)[0] for one in entities) if isinstance(entities, CommentedSeq) else None
    return Domain(acts, frozenset(untrained), declared), problems


def _intent(item: Any) -> tuple[str, Any]:
    """Name and body of `- name` or `- name: {…}`."""
    if isinstance(item, Mapping) and len(item) == 1:
        name, body = next(iter(item.items()))
        return str(name), body
    return str(item), {}
