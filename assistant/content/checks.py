"""Checks how the parts of the content fit together: every name must exist, every wording must fill in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from assistant.content.documents import Document, Path
from assistant.content.problems import Problem, nearest
from assistant.dialogue.conditions import ConditionError, names_read
from assistant.dialogue.content import Content, Flow, Trigger
from assistant.dialogue.meaning import Act
from assistant.dialogue.rendering import PLACEHOLDER
from assistant.dialogue.steps import (
    ActionStep,
    CallStep,
    CollectStep,
    ConfirmStep,
    InterviewStep,
    LinkStep,
    SayStep,
    SetStep,
    Step,
    TaskStep,
)

RESERVED = ("verified", "speaker", "slow")
"""What a `set` step may set besides slots."""


def check(content: Content, documents: Sequence[Document], *, complete: bool) -> list[Problem]:
    """Every defect between the parts. `complete` is False when a part could not be read."""
    finder = _Finder(content, documents)
    if complete:
        for flow in content.flows.values():
            finder.flow(flow)
    finder.responses()
    finder.slots()
    return finder.problems


class _Finder:
    """Collects defects with the place where each name stands."""

    def __init__(self, content: Content, documents: Sequence[Document]) -> None:
        self.content = content
        self.problems: list[Problem] = []
        self._documents = documents

    def _place(self, kind: str, name: str) -> tuple[Document, Path]:
        for document in self._documents:
            section = document.data.get(kind) if hasattr(document.data, "get") else None
            if isinstance(section, Mapping) and name in section:
                return document, (kind, name)
        forms = [d for d in self._documents if d.file.startswith("forms/")]
        return (forms or list(self._documents))[0], ()

    def _note(
        self, kind: str, name: str, message: str, suggestion: str | None = None, text: str = ""
    ) -> None:
        document, path = self._place(kind, name)
        line = _line_with(document, path, text) or document.line(path)
        self.problems.append(Problem(document.file, line, message, suggestion))

    def flow(self, flow: Flow) -> None:
        """Notes what a flow names and nobody has."""
        if flow.form is not None and flow.form not in self.content.interviews:
            self._missing(flow, "form", flow.form, self.content.interviews)
        if flow.resume_with is not None:
            self._response(flow, flow.resume_with)
        if flow.trigger is not None:
            self._trigger(flow, flow.trigger)
        for step in flow.steps.values():
            for branch in step.next:
                if branch.condition is not None:
                    self._expression(flow, branch.condition)
            self._step(flow, step)

    def _trigger(self, flow: Flow, trigger: Trigger) -> None:
        if trigger.condition is not None:
            self._expression(flow, trigger.condition)
        for act in trigger.acts:
            if act not in list(Act):
                self._missing(flow, "act", act, list(Act))
        for intent in trigger.intents if self.content.intents else ():
            if intent not in self.content.intents:
                self._missing(flow, "intent", intent, self.content.intents)

    def _step(self, flow: Flow, step: Step) -> None:
        match step:
            case SayStep():
                self._said(flow, step)
            case CollectStep():
                self._asked(flow, step)
            case InterviewStep():
                self._interview(flow, step)
            case CallStep() | LinkStep():
                if step.flow not in self.content.flows:
                    self._missing(flow, "flow", step.flow, self.content.flows)
            case SetStep():
                self._assignments(flow, step)
            case ConfirmStep():
                for name in step.slots:
                    self._slot(flow, name)
            case ActionStep() | TaskStep():
                self._later(flow, step)
            case _:
                pass

    def _said(self, flow: Flow, step: SayStep) -> None:
        for key in step.responses:
            self._response(flow, key)
        if step.each is not None:
            self._expression(flow, step.each)

    def _asked(self, flow: Flow, step: CollectStep) -> None:
        self._slot(flow, step.slot)
        if step.ask is not None or step.slot in self.content.slots:
            self._response(flow, step.ask or self.content.slots[step.slot].ask)

    def _assignments(self, flow: Flow, step: SetStep) -> None:
        for name, expression in step.assignments.items():
            if name not in RESERVED:
                self._slot(flow, name)
            self._expression(flow, expression)

    def _later(self, flow: Flow, step: ActionStep | TaskStep) -> None:
        due = [step.due] if isinstance(step, TaskStep) and step.due is not None else []
        for expression in [*due, *(step.arguments.values() if isinstance(step, ActionStep) else ())]:
            self._expression(flow, expression)

    def _interview(self, flow: Flow, step: InterviewStep) -> None:
        interview = self.content.interviews.get(step.interview)
        if interview is None:
            self._missing(flow, "interview", step.interview, self.content.interviews)
            return
        for name in interview.slots:
            if name not in step.leave_out and self._is_asked(step.interview, name):
                self._response(flow, self.content.slots[name].ask)
        for name in step.leave_out:
            self._slot(flow, name)

    def _is_asked(self, interview: str, slot: str) -> bool:
        items = getattr(self.content.interviews[interview], "items", ())
        return any(item.question.slot == slot and item.by_phone for item in items)

    def _response(self, flow: Flow, key: str) -> None:
        if key not in self.content.responses:
            self._missing(flow, "response", key, self.content.responses)

    def _slot(self, flow: Flow, name: str) -> None:
        if name not in self.content.slots:
            self._missing(flow, "slot", name, self.content.slots)

    def _missing(self, flow: Flow, what: str, name: str, known: Iterable[str]) -> None:
        message = f"flow {flow.name!r} names {what} {name!r}, which does not exist"
        self._note("flows", flow.name, message, nearest(name, known), text=name)

    def _expression(self, flow: Flow, expression: str) -> None:
        self._fault("flows", flow.name, f"flow {flow.name!r}", expression)

    def _fault(self, kind: str, name: str, what: str, expression: str) -> None:
        for message, suggestion in self._faults(expression):
            self._note(kind, name, f"{what}: {message}", suggestion, text=expression)

    def _faults(self, expression: str) -> Iterator[tuple[str, str | None]]:
        try:
            read = names_read(expression)
        except ConditionError as error:
            yield str(error), None
            return
        for name, attribute in sorted(read, key=str):
            if name in ("slots", "status") and attribute is not None and attribute not in self.content.slots:
                message = f"{expression!r} reads slot {attribute!r}, which does not exist"
                yield message, nearest(attribute, self.content.slots)

    def responses(self) -> None:
        """Notes wordings whose condition or placeholder cannot be evaluated."""
        for key, response in self.content.responses.items():
            for variation in response.variations:
                expressions = [match.strip() for match in PLACEHOLDER.findall(variation.text)]
                if variation.condition is not None:
                    expressions.append(variation.condition)
                for expression in expressions:
                    self._fault("responses", key, f"response {key!r}", expression)

    def slots(self) -> None:
        """Notes slots whose expressions cannot be evaluated or whose part has no question."""
        for name, spec in self.content.slots.items():
            conditions = [part.condition for part in spec.parts if part.condition]
            for expression in filter(None, (spec.if_yes, spec.if_no, spec.critical, *conditions)):
                self._fault("slots", name, f"slot {name!r}", expression)
            for part in spec.parts:
                if part.ask not in self.content.responses:
                    message = f"slot {name!r}: the question {part.ask!r} for its {part.name} does not exist"
                    self._note("slots", name, message, nearest(part.ask, self.content.responses))


def _line_with(document: Document, path: Path, text: str) -> int | None:
    """Line of the value below the path that contains the text."""
    if not text:
        return None
    node = document.data
    for part in path:
        node = node[part]
    found = _search(node, path, text)
    return document.line(found) if found is not None else None


def _search(node: object, path: Path, text: str) -> Path | None:
    if isinstance(node, str):
        return path if text in node else None
    pairs: Sequence[tuple[str | int, object]] = ()
    if hasattr(node, "items"):
        pairs = list(node.items())
    elif isinstance(node, Sequence):
        pairs = list(enumerate(node))
    for key, value in pairs:
        if key == text:
            return (*path, key)
        found = _search(value, (*path, key), text)
        if found is not None:
            return found
    return None
