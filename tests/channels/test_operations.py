"""What watches the server and what staff use: health, figures, alerts, dead letters, the OpenAPI document."""

from collections.abc import Iterator
from typing import Any

import pytest

from assistant.conversations.clock import real_now
from assistant.services import Services
from assistant.storage import audit, effects
from tests.channels.conftest import Server

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_health_is_open_and_tells_the_parts(server: Server) -> None:
    async with server.anonymous() as anonymous:
        answer = await anonymous.get("/healthz")
    assert answer.status_code == 200 and answer.json()["status"] == "ok"
    components = answer.json()["components"]
    assert components["database"] == {"status": "ok", "detail": {"kind": "sqlite"}}
    assert components["recogniser"]["detail"]["kind"] in ("synthetic-speech", "published")


async def test_health_is_503_until_ready(server: Server) -> None:
    services: Services = server.app.state.services
    services.ready = False
    try:
        answer = await server.client.get("/healthz")
        assert answer.status_code == 503 and answer.json()["status"] == "starting"
    finally:
        services.ready = True


async def test_figures(server: Server) -> None:
    started = await server.client.post("/api/conversations", json={"flow": "reception", "channel": "text"})
    await server.client.post(f"/api/conversations/{started.json()['id']}/messages", json={"hungup": True})
    text = (await server.client.get("/metrics")).text
    assert 'assistant_turns_total{channel="text",flow="reception"} 2.0' in text
    assert 'disposition="partial"' in text and "assistant_alerts_open" in text
    assert 'route="/api/conversations/{conversation_id}/messages"' in text
    assert started.json()["id"] not in text
    async with server.anonymous() as anonymous:
        assert (await anonymous.get("/metrics")).status_code == 401


async def test_an_alert_is_listed_and_acknowledged(server: Server) -> None:
    start = {
        "flow": "followup_hypertension",
        "channel": "text",
        "resident_id": "resident-2",
        "today": "2026-03-02",
    }
    conversation = (await server.client.post("/api/conversations", json=start)).json()["id"]
    said = {"text": "我现在胸口疼得厉害，一直出冷汗，喘不上气"}
    await server.client.post(f"/api/conversations/{conversation}/messages", json=said)
    listed = (await server.client.get("/api/alerts")).json()
    (alert,) = [one for one in listed if one["conversation_id"] == conversation]
    assert alert["level"] == "emergency" and alert["acknowledged_at"] is None
    seen = await server.client.post(f"/api/alerts/{alert['id']}/acknowledge")
    assert seen.status_code == 200 and seen.json()["acknowledged_by"] == "development"
    assert alert["id"] not in [one["id"] for one in (await server.client.get("/api/alerts")).json()]
    every = (await server.client.get("/api/alerts", params={"acknowledged": True})).json()
    assert alert["id"] in [one["id"] for one in every]
    assert (await server.client.post("/api/alerts/none/acknowledge")).status_code == 404
    services: Services = server.app.state.services
    async with services.database.read() as connection:
        rows = (await connection.execute(audit.select().where(audit.c.action == "acknowledge"))).all()
    assert [(row.actor, row.resident_id, bool(row.request_id)) for row in rows] == [
        ("development", "resident-2", True)
    ]


async def test_a_dead_letter_is_listed_and_sent_again(server: Server) -> None:
    services: Services = server.app.state.services
    row = {"id": "refused", "kind": "chart", "status": "dead", "attempts": 1, "created_at": real_now()}
    async with services.database.transaction() as connection:
        await connection.execute(
            effects.insert().values(**row, payload={"resourceType": "Bundle"}, last_error="HTTP 422: no type")
        )
    (letter,) = (await server.client.get("/api/dead-letters")).json()
    assert letter["id"] == "refused" and letter["last_error"] == "HTTP 422: no type"
    sent = await server.client.post("/api/dead-letters/refused/retry")
    assert (sent.status_code, sent.json()) == (202, {"id": "refused", "status": "pending"})
    assert (await server.client.post("/api/dead-letters/none/retry")).status_code == 404


class TestDocument:
    """The OpenAPI document describes what clients rely on."""

    async def _document(self, server: Server) -> dict[str, Any]:
        document: dict[str, Any] = (await server.client.get("/openapi.json")).json()
        return document

    async def test_every_operation_has_a_name_and_a_summary(self, server: Server) -> None:
        document = await self._document(server)
        operations = list(_operations(document))
        names = [operation["operationId"] for operation in operations]
        assert len(names) == len(set(names)) > 15
        assert all(operation.get("summary") for operation in operations)
        assert document["info"]["version"] and document["openapi"].startswith("3.")

    async def test_the_contract_is_there(self, server: Server) -> None:
        paths = (await self._document(server))["paths"]
        for path in (
            "/healthz", "/metrics", "/model/parse", "/webhooks/rest/webhook", "/api/conversations",
            "/api/conversations/{conversation_id}", "/api/conversations/{conversation_id}/messages",
            "/api/calls", "/api/calls/{call_id}", "/api/calls/{call_id}/recording", "/fhir",
            "/fhir/{resource_type}", "/fhir/{resource_type}/{resource_id}", "/fhir/metadata",
        ):  # fmt: skip
            assert path in paths

    async def test_every_reference_leads_somewhere(self, server: Server) -> None:
        document = await self._document(server)
        for reference in _references(document):
            node: Any = document
            for part in reference.removeprefix("#/").split("/"):
                node = node[part]

    async def test_it_is_for_authorised_clients(self, server: Server) -> None:
        async with server.anonymous() as anonymous:
            assert (await anonymous.get("/openapi.json")).status_code == 401


async def test_every_answer_has_the_id_of_its_request(server: Server) -> None:
    given = await server.client.get("/healthz", headers={"X-Request-ID": "my-request.1"})
    assert given.headers["x-request-id"] == "my-request.1"
    made = await server.client.get("/healthz", headers={"X-Request-ID": "a b\tc"})
    assert len(made.headers["x-request-id"]) == 32


async def test_unknown_paths_and_methods_are_problems(server: Server) -> None:
    for method, path, status in (("GET", "/api/nothing", 404), ("PATCH", "/api/conversations", 405)):
        answer = await server.client.request(method, path)
        assert answer.status_code == status and answer.json()["status"] == status


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from (
            operation for method, operation in path.items() if method in ("get", "post", "put", "delete")
        )


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
