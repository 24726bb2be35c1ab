"""When the next follow-up is due, from the next step that was proposed."""

from calendar import monthrange
from datetime import date, timedelta

from assistant.care.assessment.result import NextStep
from assistant.care.source import FOLLOW_UP_STANDARD, Source
from assistant.dialogue.frozen import Frozen

ROUTINE_MONTHS = 3
"""At least four follow-ups a year."""
SOON = timedelta(days=14)
"""After a miss, a reaction or a referral."""

_REASONS = {
    NextStep.ROUTINE: "血压控制满意，按常规3个月后随访",
    NextStep.TWO_WEEKS: "本次控制不满意或有不良反应，2周内随访",
    NextStep.REFER: "建议转诊，2周内随访转诊情况",
    NextStep.URGENT_REFERRAL: "紧急转诊，2周内随访转诊情况",
}


class NextFollowUp(Frozen):
    """The day by which the resident is due again, and why. `source` is that of the interval."""

    date: date
    reason: str
    source: Source = FOLLOW_UP_STANDARD


def next_follow_up(next_step: NextStep | None, today: date) -> NextFollowUp | None:
    """What the next step makes due, counted from the day of the visit; None without a next step."""
    if next_step is None:
        return None
    due = months_after(today, ROUTINE_MONTHS) if next_step is NextStep.ROUTINE else today + SOON
    return NextFollowUp(date=due, reason=_REASONS[next_step])


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months on; the last day where the month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
