"""Asking: puts a question, reads a candidate back, and says what to wait for."""

from typing import Any, Final

from assistant.dialogue.content import SlotSpec
from assistant.dialogue.conversation import Pending
from assistant.dialogue.interview import Question
from assistant.dialogue.meaning import ValueKind
from assistant.dialogue.run import Run
from assistant.dialogue.slots import SlotValue
from assistant.dialogue.steps import CollectStep, InterviewStep
from assistant.dialogue.waits import Endpointing, Option, Wait
from assistant.dialogue.wording import describe

YES_NO: Final = (
    Option(value=True, label="是", key="1", synonyms=("对", "好", "可以", "有")),
    Option(value=False, label="不是", key="2", synonyms=("不对", "不", "不可以", "没有")),
)
_ENDPOINTING: Final = {
    ValueKind.YES_NO: Endpointing.QUICK,
    ValueKind.CHOICE: Endpointing.QUICK,
    ValueKind.MEDICATION_ADHERENCE: Endpointing.NORMAL,
    ValueKind.IDENTITY: Endpointing.NORMAL,
    ValueKind.SYMPTOMS: Endpointing.PATIENT,
    ValueKind.FREE_TEXT: Endpointing.PATIENT,
}
_SILENCE_SECONDS: Final = 7.0
_ELDERLY: Final = 65
_ELDERLY_EXTRA_SECONDS: Final = 2.0


def current_question(run: Run) -> Question | None:
    """The question of the step that the running flow stands on; None when it asks nothing (more)."""
    step = run.step
    if isinstance(step, CollectStep):
        return Question(slot=step.slot, ask=step.ask, about=step.about)
    if isinstance(step, InterviewStep):
        interview = run.content.interviews[step.interview]
        return interview.next(run.state.slots, run.view(), frozenset(step.leave_out))
    if run.frame.target is not None and run.pending() is not None:
        return Question(slot=run.frame.target)
    return None


def ask(run: Run, question: Question, pending: Pending) -> None:
    """Asks for the slot, in simpler words the more often it was asked, and waits."""
    spec = run.spec(question.slot)
    first = question.ask or spec.ask
    keys = [first] if pending.attempts == 1 else [f"{first}_again", first]
    if pending.attempts >= 3:
        keys = [f"{first}_simple", *keys]
    part = next((part for part in spec.parts if part.name == pending.part), None)
    if part is not None:
        keys = [part.ask]
    said = run.say_if_known(*keys, target=spec.label)
    run.change_frame(pending=pending.model_copy(update={"phase": "asking"}), resumed=False)
    wait_for(run, question, said, spec, (part.kind if part else None) or spec.kind)


def read_back(run: Run, question: Question, pending: Pending, candidate: SlotValue) -> None:
    """Reads the candidate back and waits for a yes or a no."""
    spec = run.spec(question.slot)
    words = describe(spec.kind, candidate.value, spec.options)
    said = run.say_if_known(
        f"utter_read_back_{spec.name}",
        f"utter_read_back_{spec.kind.value}",
        "utter_read_back",
        candidate=words,
        target=spec.label,
    )
    changes: dict[str, Any] = {
        "phase": "reading_back",
        "candidate": candidate,
        "readbacks": pending.readbacks + 1,
        "part": None,
    }
    run.change_frame(pending=pending.model_copy(update=changes), resumed=False)
    wait_for(run, question, said, spec, ValueKind.YES_NO, reading_back=True)


def wait_for(
    run: Run, question: Question, said: str, spec: SlotSpec, expects: ValueKind, *, reading_back: bool = False
) -> None:
    """Sets the wait of this turn."""
    step = run.step
    collect = step if isinstance(step, CollectStep) else None
    options = spec.options if expects is spec.kind else ()
    asked_yes_no = expects is ValueKind.YES_NO or (collect is not None and collect.yes_no)
    if asked_yes_no and not options:
        options = YES_NO
    endpointing = _ENDPOINTING.get(expects, Endpointing.DICTATION)
    if not reading_back:
        endpointing = (collect and collect.endpointing) or spec.endpointing or endpointing
    pending = run.pending()
    run.wait = Wait(
        slot=spec.name,
        expects=expects,
        question=said,
        options=options,
        about=question.about,
        reading_back=reading_back,
        value_kind=spec.kind,
        endpointing=endpointing,
        silence_seconds=(collect and collect.silence_seconds) or patience(run),
        attempt=pending.attempts if pending else 1,
    )


def patience(run: Run) -> float:
    """Seconds of silence before we speak again; the elderly get longer."""
    age = run.state.facts.get("age")
    elderly = isinstance(age, int) and age >= _ELDERLY
    return _SILENCE_SECONDS + (_ELDERLY_EXTRA_SECONDS if elderly else 0.0)
