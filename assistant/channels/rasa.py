"""Errors on Rasa's endpoints, in Rasa's shape, so that its clients understand them."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

RASA_VERSION = "3.6.21"
"""The version of Rasa whose HTTP interface is spoken."""

_REASONS = {
    400: "BadRequest",
    401: "NotAuthenticated",
    403: "NotAuthorized",
    404: "NotFound",
    409: "Conflict",
    422: "BadRequest",
}


def rasa_error(status: int, message: str, details: dict[str, Any] | None = None) -> JSONResponse:
    """An error as Rasa gives it."""
    body = {
        "version": RASA_VERSION,
        "status": "failure",
        "message": message,
        "reason": _REASONS.get(status, "UnexpectedError"),
        "details": details or {},
        "help": None,
        "code": status,
    }
    return JSONResponse(body, status)


class RasaRoute(APIRoute):
    """A route whose errors have Rasa's shape. A body that cannot be used is 400 there, not 422."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                first = error.errors()[0]
                field = ".".join(str(part) for part in first["loc"] if part != "body") or "body"
                return rasa_error(400, f"{field}: {first['msg']}", {"parameter": field, "in": "body"})
            except HTTPException as error:
                return rasa_error(error.status_code, str(error.detail))

        return handler
