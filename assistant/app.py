"""The web application: every router on the services of one installation, started and stopped with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import Depends, FastAPI

from assistant import console, openapi, records
from assistant.channels import (
    alerts_api,
    conversations_api,
    health,
    metrics,
    model_parse,
    problems,
    rasa_rest,
)
from assistant.console import Desk
from assistant.console.charts import EmbeddedCharts
from assistant.conversations.clock import RealClock, real_now
from assistant.conversations.ports import RecordService
from assistant.memory import limit_arenas
from assistant.security import logs
from assistant.security.guards import require
from assistant.security.requests import RequestLog
from assistant.services import Services, build
from assistant.settings import Settings
from voice import api as calls_api

API_VERSION = "1.0.0"
DESCRIPTION = """Voice and chat assistant for community health centres.

Every path but `/healthz` needs `Authorization: Bearer <token>`. Errors are RFC 9457 problem details
(`application/problem+json`), in Rasa's shape on Rasa's endpoints, OperationOutcomes under `/fhir`."""


def create_app(
    settings: Settings, clock: RealClock = real_now, records_service: RecordService | None = None
) -> FastAPI:
    """The application of an installation. Raises SettingsError when it must not start like this.

    `records_service` takes the place of the embedded one.
    """
    limit_arenas()
    logs.configure(development=settings.development)
    services = build(settings, clock, records_service)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            await services.start()
            app.state.console = _desk(services)
            yield
        finally:
            await services.stop()

    app = FastAPI(
        title="Health centre assistant",
        version=API_VERSION,
        description=DESCRIPTION,
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.state.access = services.access
    app.state.sessions = services.sessions
    app.add_middleware(RequestLog, observe=services.metrics.request)
    problems.install(app)
    _include_routers(app, services)
    _describe(app)
    return app


def _include_routers(app: FastAPI, services: Services) -> None:
    for router in (
        health.router(),
        metrics.router(),
        conversations_api.router(),
        alerts_api.router(),
        model_parse.router(),
        rasa_rest.router(),
        calls_api.router(),
        calls_api.media_router(),
        records.router(services.store, require()),
        console.router(),
    ):
        app.include_router(router)


def _desk(services: Services) -> Desk:
    return Desk(
        database=services.database,
        charts=EmbeddedCharts(services.store),
        contents=services.contents,
        alerts=services.alerts,
        recordings=services.recordings,
        speech_model=services.recogniser.info.kind,
        development=services.settings.development,
        now=services.clock,
    )


def _describe(app: FastAPI) -> None:
    """Serve the OpenAPI document to authorised clients."""

    @app.get("/openapi.json", include_in_schema=False, dependencies=[Depends(require(token_in_query=True))])
    async def openapi_document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = openapi.document(app)
        return app.openapi_schema
