"""The routes of a visit: look, listen, correct, sign."""

from dataclasses import replace
from pathlib import Path

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from assistant.care.chart.signing import InvalidAmendments
from assistant.console.audit import note
from assistant.console.desk import Desk, desk
from assistant.console.editors import Entered, EntryRefused, entered, refill
from assistant.console.pages import HOME, NOT_FOUND, PRIVATE, Id, PageProblem, PageRoute, page, see
from assistant.console.ports import VersionConflict
from assistant.console.queries.call_facts import sound_of
from assistant.console.queries.visit import VisitMaterial, read, visit_page
from assistant.console.review import correct, sign_off
from assistant.console.users import SentForm, SignedIn, User
from assistant.console.views import FieldView, Visit
from assistant.conversations.clock import ZONE

router = APIRouter(route_class=PageRoute, include_in_schema=False, prefix="/visits/{conversation_id}")

_STILL_OPEN = "还有警报没有确认，请先确认警报。"


@router.get("")
async def visit(request: Request, user: SignedIn, conversation_id: Id) -> Response:
    """The page of a visit."""
    material = await _material(desk(request), user, conversation_id)
    await _noted(request, user, material, "view")
    return _page(request, user, visit_page(material, desk(request).now()))


@router.get("/review")
async def review(request: Request, user: SignedIn, conversation_id: Id) -> Response:
    """What is reviewed, without the call: for the page to refresh."""
    material = await _material(desk(request), user, conversation_id)
    await _noted(request, user, material, "view")
    return _page(request, user, visit_page(material, desk(request).now()), part=True)


@router.get("/recording")
async def recording(request: Request, user: SignedIn, conversation_id: Id) -> Response:
    """The sound of the call; answers Range requests, so that the player can seek."""
    working = desk(request)
    found = await sound_of(working, conversation_id, user.organization_id)
    if found is None:
        raise PageProblem(404, "没有录音", "这次对话没有录音，或者录音还没有保存。")
    sound, resident_id = found
    folder = working.recordings.resolve()
    path = (folder / sound.path).resolve()
    if not path.is_relative_to(folder) or not path.is_file():
        raise PageProblem(404, "没有录音", "录音文件不在了，请联系系统管理员。")
    if request.headers.get("range", "bytes=0-").startswith("bytes=0-"):
        async with working.database.transaction() as connection:
            resource = f"recording/{conversation_id}"
            await note(connection, request, user, "listen", resource, resident_id)
    return FileResponse(Path(path), media_type="audio/wav", headers=PRIVATE)


@router.post("/fields/{slot}")
async def amend_field(
    request: Request, user: SignedIn, form: SentForm, conversation_id: Id, slot: Id
) -> Response:
    """Correct one field; what was refused is shown again with the reason."""
    working = desk(request)
    material = await _material(working, user, conversation_id)
    item = material.form.item(slot) if material.form else None
    if item is None or slot not in material.items:
        raise PageProblem(404, *NOT_FOUND)
    given = {name: [str(value) for value in form.getlist(name)] for name in form}
    try:
        value = None if form.get("none") else entered(item, given, material.items[slot].value)
        reason = str(form.get("reason") or "").strip()[:200]
        await correct(working, user, material, _version(form), slot, value, reason)
    except EntryRefused as refusal:
        return _refused(request, user, material, slot, given, str(refusal))
    except InvalidAmendments as refusal:
        return _refused(request, user, material, slot, given, refusal.problems.get(slot, str(refusal)))
    except VersionConflict:
        return await _conflict(request, user, conversation_id)
    await _noted(request, user, material, "amend", field=slot)
    if not request.headers.get("hx-request"):
        return see(f"{HOME}/visits/{conversation_id}#field-{slot}")
    changed = await _material(working, user, conversation_id)
    return _page(request, user, visit_page(changed, working.now()), part=True)


@router.post("/sign")
async def sign(request: Request, user: SignedIn, form: SentForm, conversation_id: Id) -> Response:
    """Sign, and back to the list. With open alerts only when the doctor acknowledges them, too."""
    working = desk(request)
    material = await _material(working, user, conversation_id)
    if material.pressing and form.get("acknowledge") != "yes":
        shown = replace(visit_page(material, working.now()), notice=_STILL_OPEN)
        return _page(request, user, shown, status=409)
    try:
        await sign_off(working, user, material, _version(form))
    except VersionConflict:
        return await _conflict(request, user, conversation_id)
    async with working.database.transaction() as connection:
        resident_id = material.facts.trail.state.resident_id
        for alert in material.open_alerts:
            await working.alerts.acknowledge(connection, alert.id, user.id, user.organization_id)
            await note(connection, request, user, "acknowledge", f"alert/{alert.id}", resident_id)
        await note(connection, request, user, "sign", f"conversation/{conversation_id}", resident_id)
    return see(HOME, signed=conversation_id)


async def _material(working: Desk, user: User, conversation_id: str) -> VisitMaterial:
    material = await read(working, conversation_id, user.organization_id)
    if material is None:
        raise PageProblem(404, *NOT_FOUND)
    return material


async def _noted(request: Request, user: User, material: VisitMaterial, action: str, **detail: str) -> None:
    state = material.facts.trail.state
    async with desk(request).database.transaction() as connection:
        resource = f"conversation/{state.id}"
        await note(connection, request, user, action, resource, state.resident_id, **detail)


def _version(form: FormData) -> str:
    version = form.get("version")
    return version if isinstance(version, str) else ""


async def _conflict(request: Request, user: User, conversation_id: str) -> Response:
    """What stands there now, and that the doctor's own step was not taken."""
    material = await _material(desk(request), user, conversation_id)
    shown = replace(visit_page(material, desk(request).now()), conflict=True)
    return _page(request, user, shown, status=409)


def _refused(
    request: Request, user: User, material: VisitMaterial, slot: str, given: Entered, why: str
) -> Response:
    shown = visit_page(material, desk(request).now())

    def marked(field: FieldView) -> FieldView:
        if field.slot != slot:
            return field
        reason = "".join(given.get("reason", ()))[:200]
        return replace(field, editor=refill(field.editor, given), error=why, reason=reason)

    shown = replace(shown, fields=tuple(map(marked, shown.fields)), aside=tuple(map(marked, shown.aside)))
    return _page(request, user, shown, status=422)


def _page(request: Request, user: User, shown: Visit, *, status: int = 200, part: bool = False) -> Response:
    """The whole page, or for a page that exchanges its own part only that."""
    template = "_review.html" if part or request.headers.get("hx-request") else "visit.html"
    now = desk(request).now().astimezone(ZONE)
    return page(template, status, visit=shown, user=user, csrf=user.csrf, now=now)
