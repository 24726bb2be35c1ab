"""Every request has an id: taken from the caller or made here, logged, answered in `X-Request-ID`."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Request-ID"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNLOGGED = frozenset({"/healthz", "/metrics"})

Observer = Callable[[str, str, int, float], None]
"""Is told method, route, status and seconds of every answered request."""

log = structlog.get_logger(__name__)


class RequestLog:
    """ASGI middleware: binds the request id for the logs and writes one line per request.

    The line holds the route's template, never the path or the query: a query may hold a token.
    """

    def __init__(self, app: ASGIApp, observe: Observer) -> None:
        self._app = app
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        request_id = given if _ACCEPTABLE.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        status = 500
        started = time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, answer)
            finally:
                if scope["type"] == "http" and scope["path"] not in _UNLOGGED:
                    self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method, route = scope["method"], route_template(scope)
        self._observe(method, route, status, seconds)
        log.info("request", method=method, route=route, status=status, duration_ms=round(seconds * 1000, 1))


def route_template(scope: Scope) -> str:
    """The path pattern that matched, `/api/conversations/{id}`; `unmatched` when none did."""
    return str(getattr(scope.get("route"), "path", "unmatched"))
