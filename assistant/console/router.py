"""All pages under one router, to be mounted at `/console`."""

from fastapi import APIRouter
from starlette.responses import Response

from assistant.console import sign_in, static_files, visits, worklist
from assistant.console.pages import HOME, see


def router() -> APIRouter:
    """The pages. The application sets `app.state.console` (a Desk), `access` and `sessions`."""
    pages = APIRouter(include_in_schema=False)
    for part in (static_files.router, sign_in.router, worklist.router, visits.router):
        pages.include_router(part, prefix=HOME)

    @pages.get("/")
    async def front() -> Response:
        return see(HOME)

    return pages
