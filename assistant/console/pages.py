"""Turns view models into pages: templates, the headers of every page, and errors that people can read."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path as FilePath
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Path
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from assistant.console.static_files import VERSION
from assistant.console.wording import moment
from assistant.conversations.clock import ZONE

HOME = "/console"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
PRIVATE = {"Cache-Control": "no-store"}
"""Pages hold personal data: no copy stays in a browser's or a proxy's cache."""


Id = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,128}$")]
"""An id in a path. Anything else names nothing, and some databases choke on it."""


class SignInNeeded(Exception):
    """Nobody is signed in."""


class PageProblem(Exception):
    """Something that the reader has to be told: an HTTP status, a heading and a sentence, in Chinese."""

    def __init__(self, status: int, heading: str, detail: str) -> None:
        super().__init__(heading)
        self.status = status
        self.heading = heading
        self.detail = detail


NOT_FOUND = ("没有找到", "没有这个页面，或者它不属于您的机构。")


@pass_context
def _moment(context: Context, value: datetime) -> str:
    return moment(value.astimezone(ZONE), context["now"])


_environment = Environment(
    loader=FileSystemLoader(FilePath(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["moment"] = _moment
_environment.globals.update(home=HOME, static=f"{HOME}/static/{VERSION}")


def render(template: str, **context: Any) -> str:
    """A template as text; every value in it is escaped."""
    return _environment.get_template(template).render(context)


def page(template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A whole page or a part of one."""
    return HTMLResponse(render(template, **context), status, headers=PRIVATE)


def problem(error: PageProblem) -> HTMLResponse:
    """The page that tells what went wrong."""
    return page(
        "problem.html", error.status, heading=error.heading, detail=error.detail, user=None, csrf="", now=None
    )


def see(path: str, **query: str) -> RedirectResponse:
    """Go on at another page of the console after a form was sent."""
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, 303, headers=PRIVATE)


def visit_href(conversation_id: str | None) -> str | None:
    """The page of a conversation."""
    return f"{HOME}/visits/{conversation_id}" if conversation_id else None


def _to_sign_in(request: Request) -> Response:
    """To the sign-in page and back here afterwards; a part that refreshes itself takes its page along."""
    target = f"{HOME}/sign-in"
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": target, **PRIVATE})
    if request.method != "GET":
        return see(target)
    query = f"?{request.url.query}" if request.url.query else ""
    return see(target, next=f"{request.url.path}{query}")


class PageRoute(APIRoute):
    """A route whose answers carry the headers of the pages and whose errors are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                response = await handle(request)
            except SignInNeeded:
                response = _to_sign_in(request)
            except PageProblem as error:
                response = problem(error)
            except RequestValidationError:
                response = problem(PageProblem(404, *NOT_FOUND))
            except HTTPException as error:
                if error.status_code != 404:
                    raise
                response = problem(PageProblem(404, *NOT_FOUND))
            response.headers.update(HEADERS)
            return response

        return handler
