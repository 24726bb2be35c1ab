"""Actions: small async functions, registered by name, the only way of a flow to the outside."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from pydantic import BaseModel, JsonValue, ValidationError

from assistant.conversations.trail import Trail
from assistant.dialogue.events import ActionRequested
from assistant.dialogue.frozen import Frozen
from assistant.dialogue.inputs import ActionResult

log = structlog.get_logger(__name__)


class NoArguments(Frozen):
    """The arguments of an action that takes none."""


Handler = Callable[[Any, Trail], Awaitable[dict[str, JsonValue]]]


class Actions:
    """The actions of an installation.

    An action may run again when the process dies before the turn is stored, so each must be harmless to
    repeat. No database transaction is open while one runs.
    """

    def __init__(self, timeout_seconds: float) -> None:
        self._timeout = timeout_seconds
        self._handlers: dict[str, tuple[type[BaseModel], Handler]] = {}

    def register(self, name: str, arguments: type[BaseModel], handler: Handler) -> None:
        """Name a handler and the model of its arguments. Raises ValueError when the name is taken."""
        if name in self._handlers:
            raise ValueError(f"action {name} is registered already")
        self._handlers[name] = (arguments, handler)

    @property
    def names(self) -> frozenset[str]:
        """The registered names, for checking flows against."""
        return frozenset(self._handlers)

    async def run(self, request: ActionRequested, trail: Trail) -> ActionResult:
        """Run a requested action. A name, arguments or an action that fail give a failed result."""
        registered = self._handlers.get(request.name)
        if registered is None:
            return _failed(request, "unknown_action")
        model, handler = registered
        try:
            arguments = model.model_validate(request.arguments)
        except ValidationError:
            return _failed(request, "invalid_arguments")
        try:
            async with asyncio.timeout(self._timeout):
                values = await handler(arguments, trail)
        except TimeoutError:
            return _failed(request, "timeout")
        except Exception:
            log.exception("action_failed", action=request.name, conversation_id=trail.state.id)
            return _failed(request, "error")
        return ActionResult(action_id=request.action_id, values=values)


def _failed(request: ActionRequested, error: str) -> ActionResult:
    log.warning("action_not_done", action=request.name, error=error)
    return ActionResult(action_id=request.action_id, status="failed", error=error)
