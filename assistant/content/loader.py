"""Builds the content from its files: reads all, checks how it fits together, reports every defect at once."""

from collections.abc import Mapping
from typing import TypeVar

from pydantic import JsonValue

from assistant.care.form import Form
from assistant.content.checks import check
from assistant.content.documents import Document, parse
from assistant.content.domain_reader import read_intents, read_responses, read_settings, read_slots
from assistant.content.files import digest
from assistant.content.flow_reader import read_flows
from assistant.content.form_reader import interview_of, read_form, slots_of
from assistant.content.problems import ContentErrors, Problem
from assistant.dialogue.content import Content, Flow, Response, SlotSpec
from assistant.dialogue.meaning import Act

T = TypeVar("T")

KEYS = {
    "domain": ("version", "intents", "entities", "responses", "slots", "session_config"),
    "flows": ("version", "flows"),
}
"""What may stand at the top of the files of each folder."""


def load(files: Mapping[str, str]) -> Content:
    """The content in `files` (path below the content folder -> text).

    Raises ContentErrors with every defect: file, line, what is wrong, and a suggestion where one is near.
    """
    documents = _documents(files)
    problems: list[Problem] = []
    read = _forms(documents)
    slots: dict[str, SlotSpec] = {}
    for form in read.values():
        slots |= slots_of(form)
    intents: dict[str, Act] = {}
    responses: dict[str, Response] = {}
    settings: dict[str, JsonValue] = {}
    flows: dict[str, Flow] = {}
    for document in documents:
        if document.file.startswith("domain/"):
            _join(document, "intents", intents, read_intents(document))
            _join(document, "slots", slots, read_slots(document, slots), may_refine=True)
            _join(document, "responses", responses, read_responses(document))
            settings |= read_settings(document)
        elif document.file.startswith("flows/"):
            _join(document, "flows", flows, read_flows(document))
    content = Content(
        version=digest(files),
        flows=flows,
        responses=responses,
        slots=slots,
        interviews={name: interview_of(form) for name, form in read.items()},
        patterns=tuple(sorted((f for f in flows.values() if f.trigger), key=_urgency)),
        settings=settings,
        intents=intents,
    )
    problems += [problem for document in documents for problem in document.problems]
    problems += check(content, documents, complete=not problems)
    if problems:
        raise ContentErrors(problems)
    return content


def forms(files: Mapping[str, str]) -> dict[str, Form]:
    """The forms in `files` by name. Raises ContentErrors."""
    documents = _documents(files)
    found = _forms(documents)
    problems = [p for d in documents if d.file.startswith("forms/") for p in d.problems]
    if problems:
        raise ContentErrors(problems)
    return found


def _documents(files: Mapping[str, str]) -> list[Document]:
    documents = [parse(name, files[name]) for name in sorted(files)]
    for document in documents:
        known = KEYS.get(document.file.split("/", 1)[0])
        if known is not None and document.data:
            data = document.mapping((), document.data, "the file")
            document.known_keys((), data, known, document.file)
    return documents


def _forms(documents: list[Document]) -> dict[str, Form]:
    read = [read_form(d) for d in documents if d.file.startswith("forms/") and not d.problems]
    return {form.form: form for form in read if form is not None}


def _urgency(flow: Flow) -> tuple[int, str]:
    return (flow.trigger.priority if flow.trigger else 0, flow.name)


def _join(
    document: Document, kind: str, known: dict[str, T], found: dict[str, T], *, may_refine: bool = False
) -> None:
    for name in found:
        if name in known and not may_refine:
            document.problem((kind, name), f"{name!r} is defined twice in {kind!r}")
    known.update(found)
