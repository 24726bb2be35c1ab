"""The routes of the worklist and its alerts."""

from hashlib import sha256
from typing import Any, Literal

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from assistant.console.audit import note
from assistant.console.desk import desk
from assistant.console.pages import HOME, NOT_FOUND, PRIVATE, Id, PageProblem, PageRoute, page, render, see
from assistant.console.queries.worklist import Scope, worklist
from assistant.console.users import SentForm, SignedIn, User
from assistant.console.wording import WEEKDAYS
from assistant.conversations.alerts import UnknownAlert
from assistant.conversations.clock import ZONE

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("")
async def worklist_page(
    request: Request, user: SignedIn, scope: Literal["today", "all"] = "today", signed: str = ""
) -> Response:
    """The first page. `signed` is the visit just signed, to be pointed out."""
    context = await _context(request, user, scope, signed)
    async with desk(request).database.transaction() as connection:
        await note(connection, request, user, "view", "worklist")
    return page("worklist.html", **context)


@router.get("/worklist")
async def worklist_part(
    request: Request, user: SignedIn, scope: Literal["today", "all"] = "today", seen: str = ""
) -> Response:
    """The list alone, for the page to refresh itself: 204 while it still says what was `seen`."""
    return _part(await _context(request, user, scope), seen)


@router.post("/alerts/{alert_id}/acknowledge")
async def acknowledge(request: Request, user: SignedIn, form: SentForm, alert_id: Id) -> Response:
    """Note that this member of staff has seen the alert."""
    working = desk(request)
    async with working.database.transaction() as connection:
        try:
            alert = await working.alerts.acknowledge(connection, alert_id, user.id, user.organization_id)
        except UnknownAlert:
            raise PageProblem(404, *NOT_FOUND) from None
        await note(
            connection,
            request,
            user,
            "acknowledge",
            f"alert/{alert_id}",
            alert.resident_id,
            level=alert.level,
        )
    visit = form.get("visit")
    if isinstance(visit, str) and visit == alert.conversation_id:
        part = "/review" if request.headers.get("hx-request") else ""
        return see(f"{HOME}/visits/{visit}{part}")
    scope: Scope = "all" if form.get("scope") == "all" else "today"
    if not request.headers.get("hx-request"):
        return see(HOME, scope=scope)
    return _part(await _context(request, user, scope))


def _part(context: dict[str, Any], seen: str = "") -> Response:
    if seen and seen == context["seen"]:
        return Response(status_code=204, headers=PRIVATE)
    return HTMLResponse(render("_worklist.html", **context), headers=PRIVATE)


async def _context(request: Request, user: User, scope: Scope, signed: str = "") -> dict[str, Any]:
    working = desk(request)
    now = working.now().astimezone(ZONE)
    shown = await worklist(working, user.organization_id, scope)
    return {
        "worklist": shown,
        "seen": sha256(repr((shown, signed)).encode()).hexdigest()[:16],
        "signed": signed,
        "attention": len(shown.sections[0].rows),
        "today_words": f"{now.month}月{now.day}日 周{WEEKDAYS[now.weekday()]}",
        "user": user,
        "csrf": user.csrf,
        "now": now,
    }
