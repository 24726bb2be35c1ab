"""The engine: one pure function from a conversation and an input to the next turn."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import JsonValue

from assistant.dialogue.answering import answer, corrected_slot, keep_for_later
from assistant.dialogue.asking import current_question
from assistant.dialogue.content import Content, Signal
from assistant.dialogue.conversation import Channel, Conversation, Turn
from assistant.dialogue.events import (
    AlertLevel,
    AlertRaised,
    Disposition,
    HandedOff,
    Heard,
    TaskRequested,
)
from assistant.dialogue.filling import matching, slot_value
from assistant.dialogue.inputs import (
    ActionResult,
    HungUp,
    Input,
    Keys,
    Silence,
    StaffJoined,
    Started,
    TimerFired,
    Utterance,
    VoicemailDetected,
)
from assistant.dialogue.interrupts import (
    interrupt_by_signal,
    is_emergency,
    pattern_for_utterance,
    ranked_besides,
    start_pattern,
)
from assistant.dialogue.keypad import understood_keys
from assistant.dialogue.meaning import Act, ValueKind
from assistant.dialogue.run import EngineError, Run
from assistant.dialogue.slots import SlotValue, Speaker
from assistant.dialogue.stepping import advance_step, proceed, settled

EMERGENCY_PATTERN = "pattern_emergency"


def begin(
    *,
    id: str,
    flow: str,
    channel: Channel,
    content: Content,
    facts: Mapping[str, JsonValue],
    resident_id: str | None = None,
    slots: Mapping[str, SlotValue] | None = None,
) -> Conversation:
    """The state of a conversation before its first input, which is `Started`.

    `facts["speaker"]` says who is expected to answer; `slots` are known beforehand. Raises `EngineError`
    for a flow that the content does not have, or that is a pattern.
    """
    definition = content.flows.get(flow)
    if definition is None or definition.trigger is not None:
        raise EngineError(f"no flow {flow!r} to start; known: {', '.join(startable(content))}")
    speaker = facts.get("speaker")
    return Conversation(
        id=id,
        flow=flow,
        channel=channel,
        content_version=content.version,
        facts=dict(facts),
        resident_id=resident_id,
        speaker=Speaker(str(speaker)) if speaker else Speaker.SELF,
        slots=dict(slots or {}),
    )


def startable(content: Content) -> tuple[str, ...]:
    """Names of the flows that a conversation may begin with."""
    return tuple(sorted(name for name, flow in content.flows.items() if flow.trigger is None))


def advance(conversation: Conversation, input: Input, now: datetime, content: Content) -> Turn:
    """One turn: the conversation after the input, what happened, and what is expected next.

    Pure: the same arguments give the same turn. An input to a conversation that has ended changes nothing.
    Raises `EngineError` when the content is at fault.
    """
    run = Run(conversation, now, content)
    if conversation.ended:
        run.wait = None
        return run.turn()
    _HANDLE[type(input)](run, input)
    if run.state.owner == "assistant":
        proceed(run)
    return run.turn()


def _started(run: Run, _: Started) -> None:
    if not run.state.stack:
        run.push(run.state.flow)


def _utterance(run: Run, utterance: Utterance) -> None:
    run.change(turn=run.state.turn + 1, silences=0)
    meaning = utterance.meaning
    run.events.append(
        Heard(
            text=utterance.text,
            act=meaning.act.value,
            intent=meaning.intent.name,
            confidence=utterance.confidence,
            heard_until=utterance.heard_until,
        )
    )
    if is_emergency(utterance) and not in_emergency(run):
        run.change(red_flags=meaning.red_flags)
        _raise_emergency(run, utterance)
    if run.state.owner != "assistant":
        _stay(run)
    elif not _interrupted(run, utterance):
        _respond(run, utterance)


def _raise_emergency(run: Run, utterance: Utterance) -> None:
    flags = utterance.meaning.red_flags
    subject = next((flag.subject for flag in flags if flag.subject != "patient"), None)
    run.events.append(
        AlertRaised(
            level=AlertLevel.EMERGENCY,
            reason="通话中出现紧急危险信号"
            + ("（身边其他人）" if subject else "")
            + ("" if run.state.verified else "（身份未核实）"),
            rules=tuple(flag.rule for flag in flags),
            text=utterance.text,
        )
    )


def _interrupted(run: Run, utterance: Utterance) -> bool:
    """Gives the word to a pattern, keeping for later what was answered in the same breath."""
    low = float(str(run.content.settings.get("understood_confidence", 0.4)))
    if utterance.confidence < low and not is_emergency(utterance):
        return _missed(run, "not_understood")
    pattern = pattern_for_utterance(run, utterance)
    if pattern is None:
        return False
    _keep_answer(run, utterance)
    if pattern.trigger is not None and pattern.trigger.takes is not None:
        _take(run, pattern.trigger.takes, utterance)
    start_pattern(run, pattern)
    return True


def _keep_answer(run: Run, utterance: Utterance) -> None:
    """An answer given along with a question or a complaint waits until its own question comes again."""
    keep_for_later(run, utterance)
    question = current_question(run)
    if question is None:
        return
    # Free text would take any words at all, also those that the pattern is there to serve.
    answers = utterance.meaning.act is Act.ANSWER
    if answers or run.spec(question.slot).kind is not ValueKind.FREE_TEXT:
        _take(run, question.slot, utterance)


def _take(run: Run, slot: str, utterance: Utterance) -> None:
    """Keeps the utterance's value for the slot, when it has one beyond doubt."""
    found = matching(run.spec(slot), utterance.meaning.values)
    if found is not None and found.value is not None and not found.needs_confirmation:
        candidate = slot_value(
            run, found.value, confidence=utterance.confidence, said=utterance.text, approx=found.approx
        )
        run.keep_candidate(slot, candidate)


def _respond(run: Run, utterance: Utterance) -> None:
    """Corrections first, then the open question, then what else was said."""
    corrected = corrected_slot(run, utterance)
    if corrected is not None:
        slot, candidate = corrected
        if candidate is not None:
            run.keep_candidate(slot, candidate)
        if interrupt_by_signal(run, "correction", target=slot):
            return
    kept = keep_for_later(run, utterance)
    outcome = answer(run, utterance)
    if outcome is True:
        run.change(misses=0)
        settled(run)
    elif outcome is None:
        if kept:
            run.change_frame(resumed=True)
        else:
            _missed(run, "off_topic" if _strays(run, utterance) else "not_understood")


def _strays(run: Run, utterance: Utterance) -> bool:
    """Whether the utterance is about something else, not an answer (or a key) that cannot be used."""
    meaning = utterance.meaning
    if meaning.act is not Act.OFF_TOPIC:
        return False
    acts = run.content.intents
    return not any(acts.get(name) is Act.ANSWER for name in ranked_besides(meaning))


def _missed(run: Run, signal: Signal) -> bool:
    """Counts a turn that brought nothing and starts the pattern that helps."""
    pending = run.pending()
    if pending is not None:
        run.change_frame(pending=pending.model_copy(update={"attempts": pending.attempts + 1}))
    run.change(misses=run.state.misses + 1)
    return interrupt_by_signal(run, signal) or interrupt_by_signal(run, "not_understood") or _ask_again(run)


def _ask_again(run: Run) -> bool:
    run.change_frame(resumed=True)
    return True


def _keys(run: Run, input: Keys) -> None:
    question = current_question(run) if run.state.stack else None
    spec = run.spec(question.slot) if question is not None else None
    meaning = understood_keys(input.keys, run.state.wait, spec)
    _utterance(
        run,
        Utterance(text=f"[按键 {input.keys}]", meaning=meaning, heard_until=input.heard_until),
    )


def _silence(run: Run, _: Silence) -> None:
    run.events.append(Heard(text="", act=None, intent="silence"))
    run.change(silences=run.state.silences + 1)
    if run.state.owner != "assistant":
        _stay(run)
    elif not interrupt_by_signal(run, "silence"):
        _ask_again(run)


def _action_result(run: Run, result: ActionResult) -> None:
    if result.action_id != run.state.pending_action:
        _stay(run)
        return
    step = run.step
    name = getattr(step, "action", "action")
    values: dict[str, Any] = {**result.values, "status": result.status}
    run.change(pending_action=None, results={**run.state.results, name: values})
    if step is not None:
        advance_step(run, step)


def _timer(run: Run, _: TimerFired) -> None:
    if not interrupt_by_signal(run, "timer"):
        _stay(run)


def _staff(run: Run, joined: StaffJoined) -> None:
    run.change(owner=joined.staff_id)
    run.events.append(HandedOff(owner=joined.staff_id, reason="工作人员接入"))
    _stay(run)


def _voicemail(run: Run, _: VoicemailDetected) -> None:
    run.events.append(Heard(text="", act=None, intent="voicemail_greeting"))
    if not interrupt_by_signal(run, "voicemail"):
        run.end(Disposition.VOICEMAIL)


def _hung_up(run: Run, hung_up: HungUp) -> None:
    """The line is gone: what was stated is kept, and somebody rings back."""
    if in_emergency(run):
        run.end(Disposition.EMERGENCY)
    elif hung_up.reason == "failed" and run.state.turn == 0:
        run.end(Disposition.FAILED)
    else:
        run.events.append(TaskRequested(kind="callback", reason="通话中断，需要回访"))
        run.end(Disposition.PARTIAL)


def in_emergency(run: Run) -> bool:
    """Whether the emergency pattern is running."""
    return any(frame.flow == EMERGENCY_PATTERN for frame in run.state.stack)


def _stay(run: Run) -> None:
    """Nothing changes: the wait stays as it was."""
    run.wait = run.state.wait


_HANDLE: dict[type, Any] = {
    Started: _started,
    Utterance: _utterance,
    Keys: _keys,
    Silence: _silence,
    ActionResult: _action_result,
    TimerFired: _timer,
    StaffJoined: _staff,
    VoicemailDetected: _voicemail,
    HungUp: _hung_up,
}
