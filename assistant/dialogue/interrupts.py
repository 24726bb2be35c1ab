"""Interrupts: which pattern, if any, takes over from what the flow had asked."""

from assistant.dialogue.conditions import holds
from assistant.dialogue.content import Flow, Signal, Trigger
from assistant.dialogue.inputs import Utterance
from assistant.dialogue.meaning import Act, Meaning
from assistant.dialogue.run import Run

ASKED_BESIDES = "ask_question"
"""Intent that is served although the utterance is, first of all, an answer."""

WELL_POSSIBLE = 0.3
"""Confidence from which an intent behind the chosen one counts as said along with it."""


def pattern_for_utterance(run: Run, utterance: Utterance) -> Flow | None:
    """The most urgent pattern that the utterance's act or intent triggers here."""
    act, intents = utterance.meaning.act.value, _intents(utterance)
    for pattern in run.content.patterns:
        trigger = pattern.trigger
        if trigger is None:
            continue
        heard = intents | _besides(run, utterance, trigger)
        if not (act in trigger.acts or heard.intersection(trigger.intents)):
            continue
        if _may_interrupt(run, pattern):
            return pattern
    return None


def _intents(utterance: Utterance) -> set[str]:
    """The intent, and the question that was asked along with an answer: neither may get lost."""
    besides = {score.name for score in utterance.meaning.intent_ranking[1:2]} & {ASKED_BESIDES}
    return {utterance.meaning.intent.name} | (besides if utterance.meaning.act is Act.ANSWER else set())


def ranked_besides(meaning: Meaning, confidence: float = WELL_POSSIBLE) -> set[str]:
    """The intents behind the one chosen that are at least that likely."""
    return {score.name for score in meaning.intent_ranking[1:] if score.confidence >= confidence}


def _besides(run: Run, utterance: Utterance, trigger: Trigger) -> set[str]:
    """What else is wanted in an answer, or by a verified person who seems to say that the number is wrong."""
    act = utterance.meaning.act
    served = act is Act.ANSWER or (act is Act.WRONG_PERSON and run.state.verified)
    if trigger.besides is None or not served:
        return set()
    return ranked_besides(utterance.meaning, trigger.besides)


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
