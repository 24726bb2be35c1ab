"""Signing in with a token, and out again."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Form
from starlette.requests import Request
from starlette.responses import Response

from assistant.console.desk import desk
from assistant.console.pages import HOME, PageRoute, page, see
from assistant.console.users import SentForm, SignedIn
from assistant.security.access import Access
from assistant.security.guards import identify
from assistant.security.sessions import Sessions

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/sign-in")
async def sign_in_page(request: Request, next: str = HOME) -> Response:
    """The page that asks for the token; who is signed in goes on."""
    if identify(request) is not None:
        return see(own_path(next))
    return _page(request, next)


@router.post("/sign-in")
async def sign_in(
    request: Request, token: Annotated[str, Form()] = "", next: Annotated[str, Form()] = HOME
) -> Response:
    """Starts a session. A form from another site is refused, so that nobody is signed in as somebody else."""
    access: Access = request.app.state.access
    sessions: Sessions = request.app.state.sessions
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        return _page(request, next, status=403, error="请从本页登录。")
    principal = access.principal(token.strip())
    if principal is None:
        return _page(request, next, status=401, error="令牌不正确。请核对后重试。")
    if principal.role == "service":
        return _page(request, next, status=403, error="这个令牌供其他系统使用，不能登录工作台。")
    response = see(own_path(next))
    sessions.sign_in(response, principal)
    return response


@router.post("/sign-out")
async def sign_out(request: Request, user: SignedIn, form: SentForm) -> Response:
    """Ends the session."""
    sessions: Sessions = request.app.state.sessions
    response = see(f"{HOME}/sign-in")
    sessions.sign_out(response)
    return response


def own_path(target: str) -> str:
    """`target` when it is a page of this console, else the worklist: never another site."""
    parts = urlsplit(target)
    own = not parts.scheme and not parts.netloc and "\\" not in target
    return target if own and (parts.path == HOME or parts.path.startswith(f"{HOME}/")) else HOME


def _page(request: Request, target: str, status: int = 200, error: str | None = None) -> Response:
    development = desk(request).development
    return page(
        "sign_in.html", status, next=own_path(target), error=error, development=development, user=None
    )
