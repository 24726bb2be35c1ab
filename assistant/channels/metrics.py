"""`GET /metrics`, for Prometheus: requests, turns, endings, alerts and the outbox."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import func, select

from assistant.dialogue.conversation import Conversation
from assistant.security.access import Principal
from assistant.security.guards import require
from assistant.storage import Database, alerts, effects

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The metrics of one application. Labels are names of ours, never an id or a word of a resident."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        registry = self.registry
        self._requests = Counter(
            "assistant_requests", "HTTP requests.", ["method", "route", "status"], registry=registry
        )
        self._durations = Histogram(
            "assistant_request_seconds", "Time to answer.", ["route"], buckets=_SECONDS, registry=registry
        )
        self._turns = Counter(
            "assistant_turns", "Turns of conversations.", ["flow", "channel"], registry=registry
        )
        self._endings = Counter(
            "assistant_conversations_ended", "Ends.", ["flow", "channel", "disposition"], registry=registry
        )
        self._alerts = Gauge(
            "assistant_alerts_open", "Alerts that nobody has acknowledged.", ["level"], registry=registry
        )
        self._effects = Gauge(
            "assistant_effects", "Bundles for the record service.", ["status"], registry=registry
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        self._requests.labels(method, route, str(status)).inc()
        self._durations.labels(route).observe(seconds)

    def turn(self, state: Conversation) -> None:
        """Count a turn, and an end."""
        self._turns.labels(state.flow, state.channel).inc()
        if state.disposition is not None:
            self._endings.labels(state.flow, state.channel, state.disposition.value).inc()

    async def exposition(self, database: Database) -> bytes:
        """The text that Prometheus reads; what waits is counted in the database."""
        async with database.read() as connection:
            waiting = await connection.execute(
                select(alerts.c.level, func.count())
                .where(alerts.c.acknowledged_at.is_(None))
                .group_by(alerts.c.level)
            )
            sent = await connection.execute(select(effects.c.status, func.count()).group_by(effects.c.status))
            open_alerts = {row[0]: row[1] for row in waiting}
            by_status = {row[0]: row[1] for row in sent}
        for level in ("doctor_review", "urgent", "emergency"):
            self._alerts.labels(level).set(open_alerts.get(level, 0))
        for status in ("pending", "delivered", "dead"):
            self._effects.labels(status).set(by_status.get(status, 0))
        return generate_latest(self.registry)


def router() -> APIRouter:
    """`/metrics`, for authorised clients."""
    routes = APIRouter(tags=["operations"])
    routes.get("/metrics", summary="Figures for Prometheus", operation_id="metrics", response_class=Response)(
        _metrics
    )
    return routes


async def _metrics(
    request: Request, caller: Annotated[Principal, Depends(require(token_in_query=True))]
) -> Response:
    services = request.app.state.services
    body = await services.metrics.exposition(services.database)
    return Response(body, media_type=CONTENT_TYPE_LATEST)
