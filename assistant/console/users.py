"""Who is signed in, and whether a form was really sent from one of our pages."""

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated

from fastapi import Depends
from sqlalchemy import select
from starlette.datastructures import FormData
from starlette.requests import Request

from assistant.console.desk import desk
from assistant.console.pages import PageProblem, SignInNeeded
from assistant.console.wording import staff_name
from assistant.security.access import Access, Principal
from assistant.security.guards import identify
from assistant.security.sessions import COOKIE
from assistant.storage import staff


@dataclass(frozen=True, slots=True)
class User:
    """A member of staff at work. `csrf` is what every form of this session has to carry."""

    id: str
    name: str
    role: str
    organization_id: str
    csrf: str


async def signed_in(request: Request) -> User:
    """The user of a request. Raises SignInNeeded; 403 for machines, which have no business on pages."""
    principal = identify(request)
    if principal is None:
        raise SignInNeeded
    if principal.role == "service":
        raise PageProblem(403, "没有权限", "这个令牌供其他系统使用，不能登录工作台。")
    return User(
        id=principal.id,
        name=await _name(request, principal),
        role=principal.role,
        organization_id=principal.organization_id,
        csrf=csrf_token(request),
    )


SignedIn = Annotated[User, Depends(signed_in)]


async def _name(request: Request, principal: Principal) -> str:
    query = select(staff.c.name).where(
        staff.c.id == principal.id, staff.c.organization_id == principal.organization_id
    )
    async with desk(request).database.read() as connection:
        name = await connection.scalar(query)
    return name or staff_name(principal.id)


def csrf_token(request: Request) -> str:
    """Bound to the session cookie: another site can neither read nor compute it."""
    access: Access = request.app.state.access
    cookie = request.cookies.get(COOKIE, "")
    return hmac.new(access.signing_key, b"csrf:" + cookie.encode(), sha256).hexdigest()


async def sent_form(request: Request) -> FormData:
    """The form of a request. Raises PageProblem (403) unless it carries the session's token."""
    form = await request.form(max_files=0, max_fields=200)
    token = form.get("csrf")
    if not isinstance(token, str) or not hmac.compare_digest(token.encode(), csrf_token(request).encode()):
        raise PageProblem(403, "页面已过期", "为了安全，请返回工作列表，刷新页面后重试。")
    return form


SentForm = Annotated[FormData, Depends(sent_form)]
