"""FastAPI dependencies that let a request in, or answer 401 or 403."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.requests import HTTPConnection

from assistant.security.access import Access, Principal, Role
from assistant.security.audit import acting
from assistant.security.sessions import Sessions

_CHALLENGE = {"WWW-Authenticate": "Bearer"}
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def require(*roles: Role, token_in_query: bool = False) -> Callable[[HTTPConnection], Awaitable[Principal]]:
    """A dependency that gives the Principal of a request.

    Takes a bearer token or the session cookie of the pages, and `?token=` where `token_in_query`. With
    `roles`, others get 403; an operator may do everything. Expects `app.state.access` and
    `app.state.sessions`. Works for WebSockets too.
    """

    async def guard(connection: HTTPConnection) -> Principal:
        principal = identify(connection, token_in_query=token_in_query)
        if principal is None:
            raise HTTPException(401, "a valid bearer token is needed", headers=_CHALLENGE)
        if roles and principal.role != "operator" and principal.role not in roles:
            raise HTTPException(403, f"needs one of the roles: {', '.join(roles)}")
        connection.state.principal = principal
        acting.set(principal)
        return principal

    return guard


def identify(connection: HTTPConnection, *, token_in_query: bool = False) -> Principal | None:
    """Who makes this request, None when nothing valid is presented; a cookie cannot mend a wrong token."""
    access: Access = connection.app.state.access
    scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
    if scheme:
        return access.principal(credentials.strip()) if scheme.lower() == "bearer" else None
    if token_in_query and "token" in connection.query_params:
        return access.principal(connection.query_params["token"])
    sessions: Sessions = connection.app.state.sessions
    return sessions.principal(connection) if _same_origin(connection) else None


def _same_origin(connection: HTTPConnection) -> bool:
    """Whether a cookie may be trusted: reading, or a change asked for by our own pages."""
    if connection.scope.get("method", "GET") in _SAFE_METHODS and connection.scope["type"] == "http":
        return True
    origin = connection.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == connection.headers.get("host")
