"""Answering: what an utterance does to the open question."""

from assistant.dialogue.asking import ask, current_question
from assistant.dialogue.content import SlotSpec
from assistant.dialogue.conversation import Pending
from assistant.dialogue.filling import (
    consume,
    file,
    implausible,
    leave_open,
    matching,
    merged,
    slot_value,
    stands_for,
    united_symptoms,
    with_part,
)
from assistant.dialogue.inputs import Utterance
from assistant.dialogue.interview import Question
from assistant.dialogue.meaning import Act, Value, ValueKind
from assistant.dialogue.run import Run
from assistant.dialogue.slots import SlotStatus, SlotValue
from assistant.dialogue.steps import InterviewStep

LABELLED = (ValueKind.BLOOD_PRESSURE, ValueKind.HEART_RATE, ValueKind.WEIGHT, ValueKind.GLUCOSE)
"""Kinds that are recognised as such when mentioned outside their question."""

_FILLER = 2
"""Characters beside a yes or a no (嗯, 啊, 的) that do not make it an account of anything."""

MOST_CLARIFICATIONS = 2
"""A vague answer is asked about this often; then the question is left to the doctor."""

CORRECTABLE = (
    *LABELLED,
    ValueKind.SYMPTOMS,
    ValueKind.QUANTITY_PER_DAY,
    ValueKind.FREQUENCY,
    ValueKind.MEDICATION_ADHERENCE,
)
"""Kinds whose value says by itself which earlier answer it corrects; a bare no never does."""

GIVEN_UP = (SlotStatus.UNKNOWN, SlotStatus.REFUSED)
"""What was asked without a value: one that comes after all is taken as a correction."""

FREE_TEXT_ACTS = (Act.ANSWER, Act.OFF_TOPIC, Act.CORRECTION, Act.EMERGENCY)
"""Acts whose words are taken as they are where free text is asked for."""


def answer(run: Run, utterance: Utterance) -> bool | None:
    """Applies the utterance to the open question.

    True: the question is settled. False: a further question was put and we wait. None: the utterance
    held nothing for the question.
    """
    pending, question = run.pending(), current_question(run)
    if pending is None or question is None:
        return None
    spec = run.spec(question.slot)
    meaning = utterance.meaning
    if meaning.act is Act.REFUSE:
        run.set_slot(spec.name, _without_value(run, SlotStatus.REFUSED, utterance))
        run.say_if_known(f"utter_refused_{spec.name}", "utter_refused")
        return True
    if pending.phase == "reading_back" and pending.candidate is not None:
        return _answer_read_back(run, utterance, question, pending, pending.candidate)
    if meaning.act is Act.UNKNOWN:
        return _answer_unknown(run, utterance, question, pending)
    return _answer_question(run, utterance, question, pending)


def _without_value(run: Run, status: SlotStatus, utterance: Utterance) -> SlotValue:
    return SlotValue(status=status, turn=run.state.turn, speaker=run.state.speaker, said=utterance.text)


def _answer_unknown(run: Run, utterance: Utterance, question: Question, pending: Pending) -> bool:
    spec = run.spec(question.slot)
    part = next((part for part in spec.parts if part.name == pending.part), None)
    if part is not None and pending.candidate is not None:
        return consume(run, question, pending, pending.candidate, doubtful=False)
    run.set_slot(spec.name, _without_value(run, SlotStatus.UNKNOWN, utterance))
    run.say_if_known(f"utter_unknown_{spec.name}", "utter_unknown")
    return True


def _answer_question(run: Run, utterance: Utterance, question: Question, pending: Pending) -> bool | None:
    spec = run.spec(question.slot)
    found = None if _bare_yes_no(spec, utterance) else matching(spec, utterance.meaning.values, pending)
    if found is None:
        found = _implied(run, spec, utterance)
    if found is None:
        declined = _declined(run, utterance, question, pending)
        return declined if declined is not None else _without_part(run, question, pending)
    if found.value is None:
        if pending.attempts > MOST_CLARIFICATIONS:
            run.say_if_known("utter_left_open")
            leave_open(run, question)
            return True
        run.say_if_known(f"utter_clarify_{spec.name}", f"utter_clarify_{spec.kind.value}")
        ask(run, question, pending.model_copy(update={"attempts": pending.attempts + 1}))
        return False
    candidate = slot_value(
        run,
        with_part(spec, pending, found),
        confidence=utterance.confidence,
        said=_said_so_far(pending, utterance),
        approx=found.approx,
    )
    doubtful = _doubtful(run, found, utterance)
    if found.kind is ValueKind.YES_NO and spec.kind is not ValueKind.YES_NO and not doubtful:
        file(run, spec, candidate, SlotStatus.CONFIRMED if _said_yes(utterance) else SlotStatus.STATED)
        return True
    return consume(run, question, pending, candidate, doubtful=doubtful)


def _declined(run: Run, utterance: Utterance, question: Question, pending: Pending) -> bool | None:
    """A no to what the question proposed (下次安排在周二，可以吗) was understood: it asks what else then."""
    spec = run.spec(question.slot)
    said_no = any(v.kind is ValueKind.YES_NO and v.value is False for v in utterance.meaning.values)
    if spec.if_yes is None or spec.if_no is not None or not said_no or pending.attempts > MOST_CLARIFICATIONS:
        return None
    run.say_if_known(f"utter_declined_{spec.name}")
    ask(run, question, pending.model_copy(update={"attempts": pending.attempts + 1}))
    return False


def _without_part(run: Run, question: Question, pending: Pending) -> bool | None:
    """An optional part is asked for once: what was said besides is not lost for want of it."""
    part = next((part for part in run.spec(question.slot).parts if part.name == pending.part), None)
    if part is None or not part.optional or pending.candidate is None:
        return None
    return consume(run, question, pending, pending.candidate, doubtful=False)


def _bare_yes_no(spec: SlotSpec, utterance: Utterance) -> bool:
    """Whether free text was answered by nothing but a yes or a no."""
    if spec.kind is not ValueKind.FREE_TEXT or spec.if_yes is None:
        return False
    spans = [v.span for v in utterance.meaning.values if v.kind is ValueKind.YES_NO]
    words = sum(character.isalnum() for character in utterance.text)
    return any(words - (end - start) <= _FILLER for start, end in spans)


def _said_so_far(pending: Pending, utterance: Utterance) -> str:
    """The words of an answer that came in two parts, together."""
    before = pending.candidate.said if pending.part and pending.candidate else None
    return f"{before}；{utterance.text}" if before else utterance.text


def _said_yes(utterance: Utterance) -> bool:
    return any(value.kind is ValueKind.YES_NO and value.value is True for value in utterance.meaning.values)


def _doubtful(run: Run, found: Value, utterance: Utterance) -> bool:
    threshold = run.content.settings.get("read_back_confidence", 0.7)
    return found.needs_confirmation or utterance.confidence < float(str(threshold))


def _implied(run: Run, spec: SlotSpec, utterance: Utterance) -> Value | None:
    """A value that a bare yes or no, or the whole text, stands for.

    A yes or no agrees to what the question itself said, so it keeps its kind and is not read back.
    """
    yes_no = next((v for v in utterance.meaning.values if v.kind is ValueKind.YES_NO), None)
    if yes_no is not None and isinstance(yes_no.value, bool) and spec.kind is not ValueKind.YES_NO:
        implied = stands_for(run, spec, yes_no.value)
        if implied is not None:
            return yes_no.model_copy(update={"value": implied})
    if spec.kind is ValueKind.FREE_TEXT and utterance.meaning.act in FREE_TEXT_ACTS:
        if _bare_yes_no(spec, utterance):
            return None
        return Value(kind=spec.kind, value=utterance.text, span=(0, len(utterance.text)))
    return None


def _answer_read_back(
    run: Run, utterance: Utterance, question: Question, pending: Pending, candidate: SlotValue
) -> bool | None:
    spec = run.spec(question.slot)
    values = utterance.meaning.values
    yes_no = next((v.value for v in values if v.kind is ValueKind.YES_NO and not v.needs_confirmation), None)
    other = matching(spec, values) if spec.kind is not ValueKind.YES_NO else None
    if other is not None and other.value is not None and not implausible(spec, other.value):
        repeated = merged(candidate.value, other.value)
        if repeated != candidate.value:
            return _correct_candidate(run, utterance, question, pending, candidate, other)
        yes_no = True if yes_no is None else yes_no
    if yes_no is True:
        file(run, spec, candidate, SlotStatus.CONFIRMED)
        return True
    if yes_no is False:
        run.say_if_known("utter_say_again")
        again = Pending(slot=spec.name, attempts=pending.attempts + 1, readbacks=pending.readbacks)
        ask(run, question, again)
        return False
    if utterance.meaning.act is Act.UNKNOWN:
        leave_open(run, question)
        run.say_if_known(f"utter_unknown_{spec.name}", "utter_unknown")
        return True
    return None


def _correct_candidate(
    run: Run, utterance: Utterance, question: Question, pending: Pending, candidate: SlotValue, other: Value
) -> bool:
    """The read-back was answered with another value: that one is read back in its turn."""
    corrected = slot_value(
        run,
        merged(candidate.value, other.value),
        confidence=utterance.confidence,
        said=utterance.text,
        approx=other.approx,
    )
    doubtful = _doubtful(run, other, utterance)
    return consume(run, question, pending, corrected, doubtful=doubtful, reread=True)


def keep_for_later(run: Run, utterance: Utterance) -> bool:
    """Keeps values that belong to other questions than the open one. True when there were any.

    A symptom mentioned after its question is added at once: nothing said about danger may get lost.
    """
    question = current_question(run)
    kept = False
    for value in utterance.meaning.values:
        spec = _owner(run, value, question.slot if question else None)
        if spec is None or value.value is None:
            continue
        candidate = slot_value(
            run, value.value, confidence=utterance.confidence, said=utterance.text, approx=value.approx
        )
        known = run.state.slots.get(spec.name)
        if known is not None and known.filled:
            kept |= _add_symptoms(run, spec, known, candidate)
        elif not value.needs_confirmation and not implausible(spec, value.value):
            run.keep_candidate(spec.name, candidate)
            kept = True
    return kept


def _add_symptoms(run: Run, spec: SlotSpec, known: SlotValue, candidate: SlotValue) -> bool:
    if spec.kind is not ValueKind.SYMPTOMS or not isinstance(candidate.value, dict):
        return False
    if not candidate.value.get("present") or not isinstance(known.value, dict):
        return False
    union = united_symptoms(known.value, candidate.value)
    run.set_slot(spec.name, candidate.model_copy(update={"value": union}))
    return True


def _owner(run: Run, value: Value, open_slot: str | None) -> SlotSpec | None:
    """The slot of the running interview that a value mentioned in passing belongs to."""
    for frame in reversed(run.state.stack):
        step = run.content.flows[frame.flow].steps[frame.step] if frame.step is not None else None
        if not isinstance(step, InterviewStep):
            continue
        for name in run.content.interviews[step.interview].slots:
            spec = run.content.slots[name]
            if name == open_slot or name in step.leave_out or spec.kind is not value.kind:
                continue
            if value.kind in (*LABELLED, ValueKind.SYMPTOMS, ValueKind.MEDICATION_ADHERENCE):
                return spec
            unit = value.value.get("unit") if isinstance(value.value, dict) else None
            if spec.units and unit in spec.units:
                return spec
    return None


def corrected_slot(run: Run, utterance: Utterance) -> tuple[str, SlotValue | None] | None:
    """The settled slot that the utterance takes back, with its new value when that was said too.

    A value for a question that had been given up counts as such: it is read back, not lost.
    """
    question = current_question(run)
    open_slot = question.slot if question else None
    settled = [name for name, slot in run.state.slots.items() if slot.filled and name != open_slot]
    given_up = [
        name for name, slot in run.state.slots.items() if slot.status in GIVEN_UP and name != open_slot
    ]
    correcting = utterance.meaning.act is Act.CORRECTION
    pending = run.pending()
    reading_back = pending is not None and pending.phase == "reading_back"
    if reading_back and matching_open(run, utterance) is not None:
        return None
    for value in utterance.meaning.values:
        if value.kind not in CORRECTABLE:
            continue
        for name in reversed(settled + given_up):
            spec = run.spec(name)
            if spec.kind is not value.kind or value.value is None or matching(spec, (value,)) is None:
                continue
            open_kind = run.spec(open_slot).kind if open_slot else None
            if not correcting and (value.kind not in LABELLED or value.kind is open_kind):
                continue
            new = merged(run.state.slots[name].value, value.value)
            if new == run.state.slots[name].value:
                continue
            return name, slot_value(
                run, new, confidence=utterance.confidence, said=utterance.text, approx=value.approx
            )
    if correcting and settled and not reading_back and matching_open(run, utterance) is None:
        in_form = [name for name in settled if _correctable(run, name)]
        return (in_form[-1], None) if in_form else None
    return None


def matching_open(run: Run, utterance: Utterance) -> Value | None:
    """The value in the utterance that the open question takes."""
    question = current_question(run)
    return matching(run.spec(question.slot), utterance.meaning.values, run.pending()) if question else None


def _correctable(run: Run, slot: str) -> bool:
    return slot not in ("identity", "consent") and any(
        slot in interview.slots for interview in run.content.interviews.values()
    )
