"""Rehearsal: plays the conversation tests of the content, without a database and without a record service.

A test file holds what a resident says and what the assistant must do: see `docs/flows.md`. Operators run
them before they publish a change; the project's own tests run every one of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import JsonValue, ValidationError

from assistant.content.documents import Document, parse, plain
from assistant.content.problems import ContentErrors, Problem
from assistant.conversations.actions import Actions
from assistant.conversations.contents import Edition
from assistant.conversations.trail import Trail
from assistant.conversations.turns import after, take
from assistant.dialogue.conversation import Channel
from assistant.dialogue.engine import begin
from assistant.dialogue.events import AlertRaised, FlowStarted, Said, TaskRequested
from assistant.dialogue.frozen import Frozen
from assistant.dialogue.inputs import HungUp, Input, Keys, Silence, Started, Utterance, VoicemailDetected
from assistant.understanding.context import Context
from assistant.understanding.ports import Understander

FOLDER = "tests"
"""Folder of the conversation tests below the content folder."""


class ScriptedTurn(Frozen):
    """One turn: what comes in (nothing on the first: the conversation begins), and what must come of it.

    `bot` lists the responses that must be among those said, in order; `waits_for` the slot asked for next
    (`none` for no wait); `says` a text that must be part of what is said.
    """

    user: str | None = None
    confidence: float = 1.0
    keys: str | None = None
    silence: bool = False
    hangup: bool = False
    voicemail: bool = False
    bot: tuple[str, ...] | None = None
    says: str | None = None
    waits_for: str | None = None
    reads_back: bool | None = None


class ExpectedEnd(Frozen):
    """What must be true after the last turn. `slots` and `status` are compared for the names given."""

    disposition: str | None = None
    slots: dict[str, JsonValue] = {}
    status: dict[str, str] = {}
    tasks: tuple[str, ...] | None = None
    alerts: tuple[str, ...] | None = None


class ConversationTest(Frozen):
    """One conversation and what must come of it. `facts` are added to those of the file."""

    test: str
    flow: str
    channel: Channel = "voice_text"
    now: datetime = datetime(2026, 11, 24, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
    facts: dict[str, JsonValue] = {}
    turns: tuple[ScriptedTurn, ...]
    ends: ExpectedEnd = ExpectedEnd()


@dataclass(frozen=True)
class Rehearsed:
    """What came of a test: the failures (none: it passed) and the flows that it went through."""

    failures: tuple[str, ...]
    flows: frozenset[str]


def read_tests(files: Mapping[str, str]) -> dict[str, ConversationTest]:
    """The tests in `files` (path -> text) by `file: name`. Raises ContentErrors."""
    tests: dict[str, ConversationTest] = {}
    problems: list[Problem] = []
    for name in sorted(files):
        document = parse(name, files[name])
        document.known_keys((), document.data, ("facts", "tests"), name)
        facts = plain(document.data.get("facts") or {})
        for index, given in enumerate(document.sequence(("tests",), document.data.get("tests"), "'tests'")):
            test = _test(document, index, plain(given), facts)
            if test is not None:
                tests[f"{name}: {test.test}"] = test
        problems += document.problems
    if problems:
        raise ContentErrors(problems)
    return tests


def _test(
    document: Document, index: int, given: Mapping[str, Any], facts: Mapping[str, Any]
) -> ConversationTest | None:
    try:
        return ConversationTest.model_validate({**given, "facts": {**facts, **given.get("facts", {})}})
    except ValidationError as error:
        for item in error.errors(include_url=False):
            path = ("tests", index, *item["loc"])
            document.problem(path, f"{'.'.join(map(str, item['loc']))}: {item['msg']}")
        return None


async def rehearse(
    test: ConversationTest, edition: Edition, understander: Understander, actions: Actions
) -> Rehearsed:
    """Plays one test to its end."""
    content = edition.content
    state = begin(
        id=test.test,
        flow=test.flow,
        channel=test.channel,
        content=content,
        facts={**test.facts, "today": test.now.date().isoformat()},
    )
    trail = Trail(state, "rehearsal", test.now, edition, ())
    failures: list[str] = []
    for number, turn in enumerate(test.turns):
        if trail.state.ended:
            failures.append(f"turn {number}: the conversation had ended ({trail.state.disposition})")
            break
        taken = await take(trail, await _input(turn, trail, understander, test), actions, lambda: test.now)
        failures += [f"turn {number} ({turn.user or turn}): {f}" for f in _turn_failures(turn, taken)]
        trail = after(trail, taken)
    failures += _end_failures(test.ends, trail)
    started = frozenset(event.flow for event in trail.of(FlowStarted))
    return Rehearsed(failures=tuple(failures), flows=started)


async def _input(
    turn: ScriptedTurn, trail: Trail, understander: Understander, test: ConversationTest
) -> Input:
    if turn.user is not None:
        context = Context.of(trail.state.wait, test.now, test.channel, trail.state.speaker)
        meaning = await understander.understand(turn.user, context)
        return Utterance(text=turn.user, meaning=meaning, confidence=turn.confidence)
    if turn.keys is not None:
        return Keys(keys=turn.keys)
    if turn.silence:
        return Silence()
    if turn.voicemail:
        return VoicemailDetected()
    return HungUp() if turn.hangup else Started()


def _turn_failures(turn: ScriptedTurn, taken: Any) -> Iterable[str]:
    said: tuple[Said, ...] = taken.said
    keys = [message.response for message in said]
    if turn.bot is not None and not _in_order(turn.bot, keys):
        yield f"expected {list(turn.bot)}, said {keys}: {' '.join(m.text for m in said)}"
    if turn.says is not None and not any(turn.says in message.text for message in said):
        yield f"expected the words {turn.says!r}, said {' '.join(m.text for m in said)!r}"
    slot = taken.wait.slot if taken.wait is not None else "none"
    if turn.waits_for is not None and slot != turn.waits_for:
        yield f"expected to wait for {turn.waits_for!r}, waits for {slot!r} (said {keys})"
    if (
        turn.reads_back is not None
        and (taken.wait is not None and taken.wait.reading_back) != turn.reads_back
    ):
        yield f"expected {'a' if turn.reads_back else 'no'} read-back (said {keys})"


def _in_order(wanted: tuple[str, ...], keys: list[str]) -> bool:
    rest = iter(keys)
    return all(key in rest for key in wanted)


def _end_failures(ends: ExpectedEnd, trail: Trail) -> Iterable[str]:
    state = trail.state
    if ends.disposition is not None and state.disposition != ends.disposition:
        yield f"expected to end {ends.disposition!r}, is {state.disposition!r}"
    for name, value in ends.slots.items():
        slot = state.slots.get(name)
        found = slot.value if slot is not None and slot.filled else None
        if not _includes(found, value):
            yield f"expected slot {name} {value!r}, is {found!r}"
    for name, status in ends.status.items():
        slot = state.slots.get(name)
        if slot is None or slot.status != status:
            yield f"expected slot {name} to be {status}, is {slot.status.value if slot else 'not set'}"
    tasks = [event.kind for event in trail.of(TaskRequested)]
    if ends.tasks is not None and sorted(tasks) != sorted(ends.tasks):
        yield f"expected tasks {list(ends.tasks)}, requested {tasks}"
    alerts = [event.level.value for event in trail.of(AlertRaised)]
    if ends.alerts is not None and sorted(alerts) != sorted(ends.alerts):
        yield f"expected alerts {list(ends.alerts)}, raised {alerts}"


def _includes(found: JsonValue, wanted: JsonValue) -> bool:
    """Whether the value is the wanted one; of a mapping only the parts that are named count."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        return all(_includes(found.get(name), part) for name, part in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return sorted(map(str, wanted)) == sorted(map(str, found))
    return found == wanted
