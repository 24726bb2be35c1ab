"""The worklist: open alerts, drafts to be signed, promises to be kept, and what was signed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from assistant.console.desk import Desk
from assistant.console.pages import visit_href
from assistant.console.ports import Found
from assistant.console.queries.open_alerts import Raised, alert_row, open_alerts
from assistant.console.queries.tasks import (
    KIND_OF_PROMISE,
    OPEN,
    PROMISED,
    REVIEW,
    ChartTask,
    Included,
    uncited,
)
from assistant.console.views import Person, Row, Section, Worklist
from assistant.console.wording import CLASSIFICATIONS, LEVELS, SPEECH_MODELS, day, disposition
from assistant.conversations.clock import ZONE
from assistant.dialogue.content import Content

LISTED = 100
"""Entries of one section that are listed; the rest is counted."""
SIGNED_LISTED = 20

Scope = Literal["today", "all"]


@dataclass(frozen=True)
class _Reading:
    """What the sections are made from."""

    scope: Scope
    now: datetime
    content: Content

    @property
    def today(self) -> bool:
        return self.scope == "today"


async def worklist(desk: Desk, organization_id: str, scope: Scope) -> Worklist:
    """The list of one organisation: one database query and at most four chart searches, however long it is.

    Open alerts are always all there. `today` leaves out older drafts (they are counted) and promises that
    are not due yet. A draft with a pressing alert stands among the alerts only.
    """
    now = desk.now().astimezone(ZONE)
    reading = _Reading(scope, now, (await desk.contents.newest()).content)
    raised = await open_alerts(desk, organization_id)
    unsigned, waiting = await _unsigned(desk, organization_id, reading)
    promised = await desk.charts.search(organization_id, "Task", _tasks(PROMISED, OPEN, "authored-on"))
    signed = await _signed(desk, organization_id, reading)
    drafts = {task.conversation_id for task in map(ChartTask.of, unsigned.matched)}
    shown = [one for one in raised if one.pressing or one.alert.conversation_id not in drafts]
    return Worklist(
        scope=scope,
        day=now.date(),
        sections=(
            _alert_section(shown, reading),
            _unsigned_section(unsigned, waiting, shown, reading),
            _promised_section(promised, reading),
            _signed_section(signed, reading),
        ),
        notice=SPEECH_MODELS.get(desk.speech_model or ""),
    )


def _tasks(code: str, status: str, sort: str, count: int = LISTED) -> list[tuple[str, str]]:
    return [
        ("code", code),
        ("status", status),
        ("_sort", f"-{sort}"),
        ("_count", str(count)),
        *(("_include", f"Task:{brought}") for brought in ("patient", "focus", "owner")),
    ]


def _midnight(now: datetime) -> str:
    return datetime.combine(now.date(), time(), ZONE).isoformat()


async def _unsigned(desk: Desk, organization_id: str, reading: _Reading) -> tuple[Found, int]:
    """Open reviews, and how many there are of any day."""
    query = _tasks(REVIEW, OPEN, "authored-on")
    if not reading.today:
        found = await desk.charts.search(organization_id, "Task", query)
        return found, found.total
    since = ("authored-on", f"ge{_midnight(reading.now)}")
    found = await desk.charts.search(organization_id, "Task", [*query, since])
    count = [("code", REVIEW), ("status", OPEN), ("_count", "0")]
    return found, (await desk.charts.search(organization_id, "Task", count)).total


async def _signed(desk: Desk, organization_id: str, reading: _Reading) -> Found:
    query = _tasks(REVIEW, "completed", "modified", SIGNED_LISTED)
    if reading.today:
        query.append(("modified", f"ge{_midnight(reading.now)}"))
    return await desk.charts.search(organization_id, "Task", query)


def _alert_section(shown: Sequence[Raised], reading: _Reading) -> Section:
    return Section(
        key="alerts",
        title="警报",
        empty="没有待确认的警报。",
        rows=tuple(alert_row(one, reading.content, reading.now) for one in shown),
    )


def _unsigned_section(found: Found, waiting: int, shown: Sequence[Raised], reading: _Reading) -> Section:
    brought = Included.of(found.included, reading.now.date())
    above = {one.alert.conversation_id for one in shown}
    tasks = [ChartTask.of(resource) for resource in found.matched]
    return Section(
        key="unsigned",
        title="待签名",
        empty="今天的随访都签好了。" if reading.today else "没有待签名的随访。",
        rows=tuple(
            _review_row(task, brought, reading) for task in tasks if task.conversation_id not in above
        ),
        more=waiting - len(tasks),
        more_note="更早的随访待签名" if reading.today else "待签名，签完前面的会依次列出",
    )


def _review_row(task: ChartTask, brought: Included, reading: _Reading) -> Row:
    classification = _classification(task, brought)
    level = task.conclusions.get("alert_level", "none")
    pressing = level in ("urgent", "emergency")
    return Row(
        key=task.conversation_id or task.id,
        href=visit_href(task.conversation_id),
        person=_who(task, brought),
        title=_title(task, reading.content),
        at=task.authored,
        classification=classification,
        tone=LEVELS[level][1] if pressing else CLASSIFICATIONS.get(classification or "", "plain"),
        disposition=disposition(task.conclusions.get("disposition")),
        reason=uncited(task.notes[0]) if task.notes else "",
    )


def _classification(task: ChartTask, brought: Included) -> str | None:
    """As it stands in the form, where a doctor may have changed it."""
    if task.focus_id is not None and task.focus_id in brought.classifications:
        return brought.classifications[task.focus_id]
    return task.conclusions.get("classification")


def _who(task: ChartTask, brought: Included) -> Person:
    return brought.people.get(task.patient_id or "", Person(task.patient_id, "姓名不详"))


def _title(task: ChartTask, content: Content) -> str:
    """The title of the flow that fills the form."""
    titles: Mapping[str, str] = {flow.form: flow.title for flow in content.flows.values() if flow.form}
    return titles.get(task.form or "", task.description)


def _promised_section(found: Found, reading: _Reading) -> Section:
    brought = Included.of(found.included, reading.now.date())
    tasks = [ChartTask.of(resource) for resource in found.matched]
    today = reading.now.date()
    due = [t for t in tasks if not reading.today or t.due_day is None or t.due_day <= today]
    due.sort(key=lambda t: (t.due is None, t.due or t.authored or reading.now))
    return Section(
        key="promised",
        title="答应居民的事",
        empty="没有答应了还没办的事。",
        rows=tuple(_promise_row(task, brought, reading.now) for task in due),
        more=found.total - len(due),
        more_note="还没到约定的日子" if reading.today else "未列出",
    )


def _promise_row(task: ChartTask, brought: Included, now: datetime) -> Row:
    late = task.due is not None and task.due < now
    when = f"{day(task.due.date(), now.date())} {task.due:%H:%M}" if task.due else None
    return Row(
        key=task.id,
        href=visit_href(task.conversation_id),
        person=_who(task, brought),
        title=KIND_OF_PROMISE.get(task.code or "", "待办"),
        at=task.authored,
        reason=task.description,
        due=f"{'已过约定时间' if late else '约定'} {when}" if when else None,
        tone="review" if late else "plain",
    )


def _signed_section(found: Found, reading: _Reading) -> Section:
    brought = Included.of(found.included, reading.now.date())
    tasks = [ChartTask.of(resource) for resource in found.matched]
    return Section(
        key="signed",
        title="已签名",
        empty="今天还没有签名。" if reading.today else "还没有签过名。",
        rows=tuple(_signed_row(task, brought, reading) for task in tasks),
        more=found.total - len(tasks),
        more_note="未列出",
    )


def _signed_row(task: ChartTask, brought: Included, reading: _Reading) -> Row:
    classification = _classification(task, brought)
    return Row(
        key=task.conversation_id or task.id,
        href=visit_href(task.conversation_id),
        person=_who(task, brought),
        title=_title(task, reading.content),
        at=task.modified,
        classification=classification,
        tone=CLASSIFICATIONS.get(classification or "", "plain"),
        signed_by=brought.practitioners.get(task.owner_id or "", "医生"),
    )
