"""Stepping: runs the steps of the flow on top of the stack until something is awaited or all is said."""

from collections.abc import Callable
from typing import Any, Final, cast

from assistant.dialogue.asking import ask, current_question, read_back
from assistant.dialogue.conditions import evaluate, holds
from assistant.dialogue.conversation import Pending
from assistant.dialogue.events import (
    ActionRequested,
    AlertRaised,
    Disposition,
    HandedOff,
    TaskRequested,
)
from assistant.dialogue.filling import consume, is_critical, leave_open
from assistant.dialogue.interrupts import interrupt_by_signal
from assistant.dialogue.interview import Question
from assistant.dialogue.run import EngineError, Run
from assistant.dialogue.slots import SlotStatus, SlotValue, Speaker
from assistant.dialogue.steps import (
    END,
    ActionStep,
    AlertStep,
    CallStep,
    CollectStep,
    ConfirmStep,
    EndStep,
    GiveUpStep,
    HandoffStep,
    InterviewStep,
    KeepWaitingStep,
    LinkStep,
    NoopStep,
    ReopenStep,
    RepeatStep,
    SayStep,
    SetStep,
    Step,
    TaskStep,
)

MOST_STEPS: Final = 300
"""More steps than this without waiting is a loop in a flow."""


def proceed(run: Run) -> None:
    """Runs steps until the conversation waits, an action is pending, or it has ended."""
    for _ in range(MOST_STEPS):
        if run.state.ended or run.wait is not None or run.state.pending_action is not None:
            return
        if not run.state.stack:
            run.end(Disposition.COMPLETED)
            return
        if run.step is None:
            _return(run)
        else:
            execute(run, run.step)
    raise EngineError(f"flow {run.state.flow!r} runs in a circle without waiting for the resident")


def _return(run: Run) -> None:
    """Ends a finished flow; after a pattern the question below is put again."""
    resume_with = run.flow.resume_with if run.flow.trigger is not None else None
    run.pop()
    if run.state.stack and resume_with is not None and run.pending() is not None:
        run.say(resume_with)


def execute(run: Run, step: Step) -> None:
    """Runs one step."""
    handler = cast(Callable[[Run, Any], None], _HANDLERS[type(step)])
    handler(run, step)


def advance_step(run: Run, step: Step) -> None:
    """Moves on to the step that `next` names."""
    for branch in step.next:
        if branch.condition is None or holds(branch.condition, run.view()):
            run.go(branch.target)
            return
    run.go(END)


def _say(run: Run, step: SayStep) -> None:
    keys = list(step.responses)
    if step.each is not None:
        keys += [str(key) for key in evaluate(step.each, run.view()) or ()]
    for key in keys:
        run.say(key)
    advance_step(run, step)


def _collect(run: Run, step: CollectStep) -> None:
    question = Question(slot=step.slot, ask=step.ask, about=step.about)
    if run.pending() is None and not step.again and step.slot in run.state.slots:
        advance_step(run, step)
    elif put(run, question):
        settled(run)


def _interview(run: Run, step: InterviewStep) -> None:
    question = current_question(run)
    if question is not None:
        if put(run, question):
            settled(run)
        return
    interview = run.content.interviews[step.interview]
    for slot, status in interview.settled_without_asking(run.state.slots, run.view()).items():
        if slot not in step.leave_out:
            run.set_slot(slot, SlotValue(status=status))
    advance_step(run, step)


def put(run: Run, question: Question) -> bool:
    """Puts a question, or uses what was already said about it. True when that settled it."""
    pending = run.pending() or Pending(slot=question.slot)
    candidate = run.state.candidates.get(question.slot)
    if candidate is not None:
        run.change(candidates={k: v for k, v in run.state.candidates.items() if k != question.slot})
        run.change_frame(pending=pending, resumed=False)
        threshold = float(str(run.content.settings.get("read_back_confidence", 0.7)))
        doubtful = candidate.confidence is not None and candidate.confidence < threshold
        return consume(run, question, pending, candidate, doubtful=doubtful)
    if pending.phase == "reading_back" and pending.candidate is not None:
        read_back(run, question, pending, pending.candidate)
    else:
        ask(run, question, pending)
    return False


def settled(run: Run) -> None:
    """The open question has its answer: the flow goes on, by way of the pattern for critical values."""
    pending, step = run.pending(), run.step
    slot = pending.slot if pending is not None else None
    run.change_frame(pending=None, resumed=False)
    if isinstance(step, CollectStep | ReopenStep):
        advance_step(run, step)
    if slot is not None and is_critical(run, run.spec(slot)):
        interrupt_by_signal(run, "critical_value", target=slot)


def _action(run: Run, step: ActionStep) -> None:
    action_id = f"{run.state.id}/{run.state.actions + 1}"
    arguments = {name: evaluate(expression, run.view()) for name, expression in step.arguments.items()}
    run.change(pending_action=action_id, actions=run.state.actions + 1)
    run.events.append(ActionRequested(action_id=action_id, name=step.action, arguments=arguments))


def _set(run: Run, step: SetStep) -> None:
    for name, expression in step.assignments.items():
        value = evaluate(expression, run.view())
        if name == "verified":
            run.change(verified=bool(value))
        elif name == "slow":
            run.change(slow=bool(value))
        elif name == "speaker":
            run.change(speaker=_speaker(value))
        else:
            status = SlotStatus(step.status)
            run.set_slot(
                name,
                SlotValue(value=value, status=status, turn=run.state.turn or None, speaker=run.state.speaker),
            )
    advance_step(run, step)


def _speaker(value: object) -> Speaker:
    return Speaker(str(value)) if value in {item.value for item in Speaker} else Speaker.OTHER


def _confirm(run: Run, step: ConfirmStep) -> None:
    for name in step.slots:
        slot = run.state.slots.get(name)
        if slot is not None and slot.filled:
            run.set_slot(name, slot.model_copy(update={"status": SlotStatus.CONFIRMED}))
    advance_step(run, step)


def _alert(run: Run, step: AlertStep) -> None:
    run.events.append(AlertRaised(level=step.level, reason=step.reason))
    advance_step(run, step)


def _task(run: Run, step: TaskStep) -> None:
    due = evaluate(step.due, run.view()) if step.due is not None else None
    run.events.append(TaskRequested(kind=step.kind, reason=step.reason, due=due))
    advance_step(run, step)


def _call(run: Run, step: CallStep) -> None:
    advance_step(run, step)
    run.push(step.flow)


def _link(run: Run, step: LinkStep) -> None:
    run.go(END)
    run.change(stack=run.state.stack[:-1])
    run.push(step.flow)


def _handoff(run: Run, step: HandoffStep) -> None:
    run.change(owner=step.owner)
    run.events.append(HandedOff(owner=step.owner, reason=step.reason))
    advance_step(run, step)


def _repeat(run: Run, step: RepeatStep) -> None:
    """Says the last messages again and leaves the question below as it was."""
    if step.slow:
        run.change(slow=True)
    for said in run.state.last_said:
        run.events.append(said.model_copy(update={"slow": run.state.slow}))
    run.repeated = True
    _keep_open(run, step, None)


def _keep_waiting(run: Run, step: KeepWaitingStep) -> None:
    _keep_open(run, step, step.silence_seconds)


def _keep_open(run: Run, step: Step, silence_seconds: float | None) -> None:
    """Ends the pattern and waits for the answer to the question that was open before it."""
    advance_step(run, step)
    while run.state.stack and run.step is None:
        run.pop()
    if not run.state.stack or run.pending() is None or run.state.wait is None:
        return
    run.change_frame(resumed=False)
    wait = run.state.wait
    run.wait = wait.model_copy(update={"silence_seconds": silence_seconds or wait.silence_seconds})


def _give_up(run: Run, step: GiveUpStep) -> None:
    """Leaves the question below the pattern open for the doctor and lets its flow go on."""
    advance_step(run, step)
    while run.state.stack and run.step is None:
        run.pop()
    question = current_question(run) if run.state.stack else None
    if question is not None and run.pending() is not None:
        leave_open(run, question)
        settled(run)


def _reopen(run: Run, step: ReopenStep) -> None:
    target = run.frame.target
    if target is None:
        raise EngineError(f"flow {run.frame.flow!r} reopens a slot without having one as its target")
    if put(run, Question(slot=target)):
        settled(run)


def _end(run: Run, step: EndStep) -> None:
    run.end(step.disposition)


def _noop(run: Run, step: NoopStep) -> None:
    advance_step(run, step)


_HANDLERS: Final[dict[type, Callable[..., None]]] = {
    SayStep: _say,
    CollectStep: _collect,
    InterviewStep: _interview,
    ActionStep: _action,
    SetStep: _set,
    ConfirmStep: _confirm,
    AlertStep: _alert,
    TaskStep: _task,
    CallStep: _call,
    LinkStep: _link,
    HandoffStep: _handoff,
    RepeatStep: _repeat,
    KeepWaitingStep: _keep_waiting,
    GiveUpStep: _give_up,
    ReopenStep: _reopen,
    EndStep: _end,
    NoopStep: _noop,
}
