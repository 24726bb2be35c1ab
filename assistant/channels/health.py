"""`GET /healthz`: 503 until migrated, seeded and ready; then 200, and 503 again when a part fails."""

import asyncio
from typing import Any, Literal, Protocol

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, JsonValue
from sqlalchemy import select

from assistant.storage import Database

_PATIENCE_SECONDS = 2.0


class Component(BaseModel):
    """How one part of the server is."""

    status: Literal["ok", "starting", "failed"]
    detail: dict[str, JsonValue] = {}


class Health(BaseModel):
    """The server as a whole: `ok` when every part is."""

    status: Literal["ok", "starting", "failed"]
    components: dict[str, Component]


class Watched(Protocol):
    """What the answer is made of; the application's services are one."""

    @property
    def ready(self) -> bool:
        """Whether the start is over: migrated, seeded, content loaded, work resumed."""

    @property
    def database(self) -> Database: ...

    def components(self) -> dict[str, Component]:
        """The parts besides the database, as they are now."""


def router() -> APIRouter:
    """`/healthz`, open to everybody: it tells nothing about anybody."""
    routes = APIRouter(tags=["operations"])
    routes.get(
        "/healthz",
        summary="Whether the server is ready",
        operation_id="health",
        response_model=Health,
        responses={503: {"model": Health, "description": "Starting, or a part has failed"}},
    )(_health)
    return routes


async def _health(request: Request) -> JSONResponse:
    services: Watched | None = getattr(request.app.state, "services", None)
    if services is None or not services.ready:
        return _answer("starting", {} if services is None else services.components())
    components = {"database": await _database(services.database), **services.components()}
    healthy = all(component.status == "ok" for component in components.values())
    return _answer("ok" if healthy else "failed", components)


async def _database(database: Database) -> Component:
    kind: dict[str, Any] = {"kind": "sqlite" if database.is_sqlite else "postgresql"}
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS), database.read() as connection:
            await connection.execute(select(1))
    except Exception:
        return Component(status="failed", detail=kind)
    return Component(status="ok", detail=kind)


def _answer(status: Literal["ok", "starting", "failed"], components: dict[str, Component]) -> JSONResponse:
    health = Health(status=status, components=components)
    return JSONResponse(health.model_dump(mode="json"), 200 if status == "ok" else 503)
