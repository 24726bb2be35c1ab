"""Reads flows, in the style of Rasa's flows. `docs/flows.md` describes the language."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from assistant.content.documents import Document, Path, plain
from assistant.content.problems import nearest
from assistant.dialogue.content import Flow, Trigger
from assistant.dialogue.steps import END, Branch, Step

_STEP: Final[TypeAdapter[Step]] = TypeAdapter(Step)

FLOW_KEYS: Final = (
    "title", "description", "trigger", "form", "exclusive", "resume_with", "steps",
)  # fmt: skip
TRIGGER_KEYS: Final = ("acts", "intents", "signal", "if", "priority", "takes", "besides", "everywhere")
STEP_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "say": (),
    "say_each": (),
    "collect": ("ask", "again", "about", "endpointing", "silence_seconds", "yes_no"),
    "interview": ("leave_out",),
    "action": ("with",),
    "set": ("status",),
    "confirm": (),
    "alert": ("reason",),
    "task": ("reason", "due"),
    "call": (),
    "link": (),
    "handoff": ("reason",),
    "repeat": (),
    "keep_waiting": (),
    "give_up": (),
    "reopen": (),
    "end": (),
    "noop": (),
}
"""What a step does -> the further keys it may have besides `id` and `next`."""


def read_flows(document: Document) -> dict[str, Flow]:
    """The flows of a document. What is wrong is noted there, and that flow left out."""
    flows: dict[str, Flow] = {}
    given = document.mapping(("flows",), document.data.get("flows"), "'flows'")
    for name, body in given.items():
        path: Path = ("flows", str(name))
        before = len(document.problems)
        flow = _flow(document, path, str(name), document.mapping(path, body, f"flow {name!r}"))
        if flow is not None and len(document.problems) == before:
            flows[flow.name] = flow
    return flows


def _flow(document: Document, path: Path, name: str, body: Mapping[str, Any]) -> Flow | None:
    document.known_keys(path, body, FLOW_KEYS, f"flow {name!r}")
    steps = _Steps(document, name)
    given = document.sequence((*path, "steps"), body.get("steps"), f"'steps' of flow {name!r}")
    first = steps.read((*path, "steps"), given, END)
    if not steps.found:
        document.problem(path, f"flow {name!r} has no steps")
        return None
    steps.check_targets(path)
    steps.check_reached(first)
    trigger = _trigger(document, (*path, "trigger"), body.get("trigger"))
    try:
        return Flow(
            name=name,
            title=str(body.get("title") or name),
            description=str(body.get("description") or ""),
            steps=steps.found,
            first=first,
            trigger=trigger,
            form=body.get("form"),
            exclusive=bool(body.get("exclusive", False)),
            resume_with=body.get("resume_with"),
        )
    except ValidationError as error:
        _note(document, path, f"flow {name!r}", error)
        return None


def _trigger(document: Document, path: Path, given: Any) -> Trigger | None:
    if given is None:
        return None
    body = document.mapping(path, given, "'trigger'")
    document.known_keys(path, body, TRIGGER_KEYS, "'trigger'")
    renamed = {"condition" if key == "if" else key: plain(value) for key, value in body.items()}
    try:
        return Trigger.model_validate(renamed)
    except ValidationError as error:
        _note(document, path, "'trigger'", error)
        return None


def _note(document: Document, path: Path, what: str, error: ValidationError) -> None:
    for item in error.errors(include_url=False):
        place = ".".join(str(part) for part in item["loc"] if part not in STEP_KEYS)
        document.problem(path, f"{what}: {place}: {item['msg']}" if place else f"{what}: {item['msg']}")


class _Steps:
    """The steps of one flow: nested lists laid out flat, each with its ways on."""

    def __init__(self, document: Document, flow: str) -> None:
        self.document = document
        self.flow = flow
        self.found: dict[str, Step] = {}
        self.paths: dict[str, Path] = {}
        self._targets: list[tuple[Path, str]] = []
        self._count = 0

    def read(self, path: Path, given: Sequence[Any], after: str) -> str:
        """Reads a list of steps; `after` is where its end leads. Gives the id of its first step."""
        ids = [self._id((*path, index), item) for index, item in enumerate(given)]
        for index, item in enumerate(given):
            body = self.document.mapping((*path, index), item, "a step")
            following = ids[index + 1] if index + 1 < len(ids) else after
            self._read_step((*path, index), ids[index], body, following)
        return ids[0] if ids else after

    def _id(self, path: Path, item: Any) -> str:
        self._count += 1
        given = item.get("id") if isinstance(item, Mapping) else None
        name = str(given) if given is not None else f"{self._count}"
        if name in self.paths:
            self.document.problem(path, f"step id {name!r} is used twice in flow {self.flow!r}")
        self.paths[name] = path
        return name

    def _read_step(self, path: Path, name: str, body: Mapping[str, Any], following: str) -> None:
        kinds = [key for key in body if key in STEP_KEYS]
        if not kinds and "next" in body:
            kinds = ["noop"]
        if len(kinds) != 1:
            self._not_one_kind(path, body, kinds)
            return
        kind = kinds[0]
        self.document.known_keys(path, body, (kind, "id", "next", *STEP_KEYS[kind]), f"a {kind!r} step")
        fields = _fields(kind, body)
        branches = self._next(path, body.get("next"), following)
        try:
            self.found[name] = _STEP.validate_python({"id": name, "next": branches, **fields})
        except ValidationError as error:
            _note(self.document, path, f"step {name!r}", error)

    def _not_one_kind(self, path: Path, body: Mapping[str, Any], kinds: list[str]) -> None:
        if kinds:
            self.document.problem(path, f"a step does one thing; this one has {' and '.join(kinds)}")
            return
        strange = next((str(key) for key in body if key not in ("id", "next")), "")
        self.document.problem(
            (*path, strange) if strange else path,
            f"unknown step {strange!r}; a step is one of {', '.join(STEP_KEYS)}",
            nearest(strange, STEP_KEYS),
        )

    def _next(self, path: Path, given: Any, following: str) -> tuple[Branch, ...]:
        if given is None:
            return (Branch(condition=None, target=following),)
        if isinstance(given, str):
            self._targets.append(((*path, "next"), given))
            return (Branch(condition=None, target=given),)
        branches: list[Branch] = []
        for index, item in enumerate(self.document.sequence((*path, "next"), given, "'next'")):
            place: Path = (*path, "next", index)
            body = self.document.mapping(place, item, "a branch of 'next'")
            if "else" in body:
                self.document.known_keys(place, body, ("else",), "an 'else' branch")
                branches.append(Branch(condition=None, target=self._target(place, body, "else", following)))
            elif "if" in body:
                self.document.known_keys(place, body, ("if", "then"), "an 'if' branch")
                target = self._target(place, body, "then", following)
                branches.append(Branch(condition=str(body["if"]), target=target))
            else:
                self.document.problem(place, "a branch of 'next' is 'if' with 'then', or 'else'")
        if branches and branches[-1].condition is not None:
            branches.append(Branch(condition=None, target=following))
        return tuple(branches)

    def _target(self, path: Path, body: Mapping[str, Any], key: str, following: str) -> str:
        given = body.get(key)
        if isinstance(given, str):
            self._targets.append(((*path, key), given))
            return given
        return self.read((*path, key), self.document.sequence((*path, key), given, f"{key!r}"), following)

    def check_targets(self, path: Path) -> None:
        """Notes every `next` that leads nowhere."""
        for place, target in self._targets:
            if target != END and target not in self.paths:
                known = [*self.paths, END]
                message = f"'next' leads to {target!r}, which is no step of flow {self.flow!r}"
                self.document.problem(place, message, nearest(target, known))

    def check_reached(self, first: str) -> None:
        """Notes every step that nothing leads to."""
        reached, todo = set(), [first]
        while todo:
            name = todo.pop()
            if name in reached or name not in self.found:
                continue
            reached.add(name)
            step = self.found[name]
            if step.type not in ("end", "link"):
                todo += [branch.target for branch in step.next]
        for name in self.found:
            if name not in reached:
                message = f"step {name!r} of flow {self.flow!r} can never be reached"
                self.document.problem(self.paths[name], message)


def _fields(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A step's keys as fields of its model."""
    extra = {key: plain(body[key]) for key in STEP_KEYS[kind] if key in body}
    if kind == "action":
        extra = {"arguments": extra.get("with", {})}
    type_, fields = _MAIN_KEY.get(kind, (kind, lambda value: {}))
    return {"type": type_, **fields(plain(body.get(kind))), **extra}


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _seconds(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


_MAIN_KEY: Final[dict[str, tuple[str, Callable[[Any], dict[str, Any]]]]] = {
    "say": ("say", lambda value: {"responses": _several(value)}),
    "say_each": ("say", lambda value: {"each": value}),
    "collect": ("collect", lambda value: {"slot": value}),
    "interview": ("interview", lambda value: {"interview": value}),
    "action": ("action", lambda value: {"action": value}),
    "set": ("set", lambda value: {"assignments": {k: str(v) for k, v in (value or {}).items()}}),
    "confirm": ("confirm", lambda value: {"slots": _several(value)}),
    "alert": ("alert", lambda value: {"level": value}),
    "task": ("task", lambda value: {"kind": value}),
    "call": ("call", lambda value: {"flow": value}),
    "link": ("link", lambda value: {"flow": value}),
    "handoff": ("handoff", lambda value: {"owner": value if isinstance(value, str) else "queue"}),
    "repeat": ("repeat", lambda value: {"slow": value == "slow"}),
    "keep_waiting": ("keep_waiting", lambda value: {"silence_seconds": _seconds(value)}),
    "end": ("end", lambda value: {"disposition": value}),
}
"""Step key -> the type of step, and how the value of the key becomes fields of it."""
