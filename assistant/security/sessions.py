"""Signed session cookies for the pages: who signed in, with what role, until when."""

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from assistant.security.access import Access, Principal

COOKIE = "session"
LIFETIME_SECONDS = 10 * 60 * 60
"""A working day: longer would leave a ward's computer signed in overnight."""


class Sessions:
    """Issues and reads the session cookie."""

    def __init__(self, access: Access, *, secure: bool) -> None:
        self._serializer = URLSafeTimedSerializer(access.signing_key, salt="session")
        self._secure = secure

    def sign_in(self, response: Response, principal: Principal) -> None:
        """Set the cookie for `principal`. Scripts cannot read it and other sites cannot send it in a post."""
        value = self._serializer.dumps([principal.id, principal.role, principal.organization_id])
        response.set_cookie(
            COOKIE,
            str(value),
            max_age=LIFETIME_SECONDS,
            httponly=True,
            samesite="lax",
            secure=self._secure,
            path="/",
        )

    def sign_out(self, response: Response) -> None:
        """Forget the session."""
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=self._secure)

    def principal(self, connection: HTTPConnection) -> Principal | None:
        """Who is signed in, or None: no cookie, a forged one, or one past its time."""
        value = connection.cookies.get(COOKIE)
        if value is None:
            return None
        try:
            id_, role, organization_id = self._serializer.loads(value, max_age=LIFETIME_SECONDS)
        except (BadSignature, ValueError, TypeError):
            return None
        return Principal(id=id_, role=role, organization_id=organization_id)
