"""Interrupts: which pattern, if any, takes over from what the flow had asked."""

from assistant.dialogue.conditions import holds
from assistant.dialogue.content import Flow, Signal
from assistant.dialogue.inputs import Utterance
from assistant.dialogue.meaning import Act
from assistant.dialogue.run import Run

ASKED_BESIDES = "ask_question"
"""Intent that is served although the utterance is, first of all, an answer."""


def pattern_for_utterance(run: Run, utterance: Utterance) -> Flow | None:
    """The most urgent pattern that the utterance's act or intent triggers here."""
    act, intents = utterance.meaning.act.value, _intents(utterance)
    for pattern in run.content.patterns:
        trigger = pattern.trigger
        if trigger is None or not (act in trigger.acts or intents.intersection(trigger.intents)):
            continue
        if _may_interrupt(run, pattern):
            return pattern
    return None


def _intents(utterance: Utterance) -> set[str]:
    """The intent, and the question that was asked along with an answer: neither may get lost."""
    besides = {score.name for score in utterance.meaning.intent_ranking[1:2]} & {ASKED_BESIDES}
    return {utterance.meaning.intent.name} | (besides if utterance.meaning.act is Act.ANSWER else set())


def pattern_for_signal(run: Run, signal: Signal) -> Flow | None:
    """The most urgent pattern for what the engine itself noticed."""
    for pattern in run.content.patterns:
        if pattern.trigger is not None and pattern.trigger.signal == signal and _may_interrupt(run, pattern):
            return pattern
    return None


def _may_interrupt(run: Run, pattern: Flow) -> bool:
    trigger = pattern.trigger
    running = {frame.flow for frame in run.state.stack}
    if trigger is None or pattern.name in running:
        return False
    if not trigger.everywhere and any(run.content.flows[name].exclusive for name in running):
        return False
    return trigger.condition is None or holds(trigger.condition, run.view())


def start_pattern(run: Run, pattern: Flow, target: str | None = None) -> None:
    """Puts the pattern on top of what is running and counts it."""
    counts = {**run.state.counts, pattern.name: run.state.counts.get(pattern.name, 0) + 1}
    run.change(counts=counts)
    run.push(pattern.name, target=target)


def interrupt_by_signal(run: Run, signal: Signal, target: str | None = None) -> bool:
    """Starts the pattern for a signal. False when there is none here."""
    pattern = pattern_for_signal(run, signal)
    if pattern is None:
        return False
    start_pattern(run, pattern, target)
    return True


def is_emergency(utterance: Utterance) -> bool:
    """Whether the utterance reports a danger sign now."""
    return utterance.meaning.act is Act.EMERGENCY
