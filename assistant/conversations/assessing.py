"""The action `assess`: what the answers so far amount to, so that the closing advice can fit them."""

from pydantic import JsonValue

from assistant.care.interim import assess_so_far
from assistant.care.visit import CHINA
from assistant.conversations.actions import Actions, NoArguments
from assistant.conversations.trail import Trail
from assistant.conversations.visits import form_of


class NoForm(LookupError):
    """The flow asks for an assessment although it belongs to no form."""


def register_assess(actions: Actions) -> None:
    """Adds the action to a registry."""
    actions.register("assess", NoArguments, assess)


async def assess(_: NoArguments, trail: Trail) -> dict[str, JsonValue]:
    """`{classification, alert_level, next_step, next_follow_up, reasons, advice}`. Raises NoForm."""
    form = form_of(trail)
    if form is None:
        raise NoForm(trail.state.flow)
    today = trail.started_at.astimezone(CHINA).date()
    return assess_so_far(form, trail.state.slots, trail.state.facts, today)
