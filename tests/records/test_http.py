"""The service over HTTP: what every answer carries, and every refusal as an OperationOutcome."""

import json
from typing import Any

import pytest
from httpx import AsyncClient, Response

from tests.records.conftest import Trail, bundle, entry, identified, patient, table, task


def outcome(response: Response) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    assert body["resourceType"] == "OperationOutcome"
    assert response.headers["content-type"] == "application/fhir+json"
    return body


async def test_create_read_update_and_history(client: AsyncClient) -> None:
    created = await client.post("/fhir/Patient", json=patient())
    assert created.status_code == 201
    assert created.headers["content-type"] == "application/fhir+json"
    assert created.headers["location"] == "http://centre/fhir/Patient/id-1/_history/1"
    assert created.headers["etag"] == 'W/"1"'
    assert created.headers["last-modified"] == "Tue, 24 Nov 2026 01:00:00 GMT"

    read = await client.get("/fhir/Patient/id-1")
    assert read.json() == created.json()
    assert read.headers["etag"] == 'W/"1"'

    changed = {**read.json(), "gender": "female"}
    updated = await client.put("/fhir/Patient/id-1", json=changed, headers={"If-Match": read.headers["etag"]})
    assert (updated.status_code, updated.headers["etag"]) == (200, 'W/"2"')
    stale = await client.put("/fhir/Patient/id-1", json=changed, headers={"If-Match": read.headers["etag"]})
    assert (stale.status_code, outcome(stale)["issue"][0]["code"]) == (412, "conflict")

    history = (await client.get("/fhir/Patient/id-1/_history")).json()
    assert [item["response"]["etag"] for item in history["entry"]] == ['W/"2"', 'W/"1"']
    assert [item["request"]["method"] for item in history["entry"]] == ["PUT", "POST"]
    first = await client.get("/fhir/Patient/id-1/_history/1")
    assert first.json() == created.json()


async def test_what_has_not_changed_is_not_sent_again(client: AsyncClient) -> None:
    await client.put("/fhir/Patient/resident-1", json=patient())
    same = await client.get("/fhir/Patient/resident-1", headers={"If-None-Match": 'W/"1"'})
    other = await client.get("/fhir/Patient/resident-1", headers={"If-None-Match": 'W/"0"'})
    assert (same.status_code, same.content, other.status_code) == (304, b"", 200)


async def test_a_conditional_create_over_http(client: AsyncClient) -> None:
    condition = {"If-None-Exist": "identifier=urn:calls|c1"}
    first = await client.post("/fhir/Task", json=task(identifier=identified("c1")), headers=condition)
    again = await client.post("/fhir/Task", json=task(identifier=identified("c1")), headers=condition)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["location"] == first.headers["location"]
    put = await client.put("/fhir/Task?identifier=urn:calls|c1", json=task(priority="stat"))
    assert (put.status_code, put.json()["meta"]["versionId"]) == (200, "2")


async def test_preferences(client: AsyncClient) -> None:
    async def post(preference: str) -> Response:
        return await client.post("/fhir/Patient", json=patient(), headers={"Prefer": preference})

    minimal, full, told = [
        await post(f"return={kind}") for kind in ("minimal", "representation", "OperationOutcome")
    ]
    assert (minimal.status_code, minimal.content) == (201, b"")
    assert full.json()["resourceType"] == "Patient"
    assert outcome(told)["issue"][0]["severity"] == "information"


async def test_searching_by_url_and_by_form(client: AsyncClient) -> None:
    await client.put("/fhir/Patient/resident-1", json=patient(identifier=identified("a&b", "urn:x+y")))
    by_url = await client.get("/fhir/Patient", params={"identifier": "urn:x+y|a&b"})
    by_form = await client.post("/fhir/Patient/_search", data={"identifier": "urn:x+y|a&b"})
    assert by_url.json() == by_form.json()
    found = by_url.json()
    assert (found["type"], found["total"]) == ("searchset", 1)
    assert found["entry"][0]["fullUrl"] == "http://centre/fhir/Patient/resident-1"
    assert (await client.get(found["link"][0]["url"])).json() == found


async def test_unknown_parameters_leniently_and_strictly(client: AsyncClient) -> None:
    lenient = await client.get("/fhir/Patient?colour=red")
    assert lenient.json()["entry"][0]["search"]["mode"] == "outcome"
    strict = await client.get(
        "/fhir/Patient?colour=red", headers={"Prefer": "return=minimal; handling=strict"}
    )
    assert (strict.status_code, outcome(strict)["issue"][0]["expression"]) == (400, ["colour"])


async def test_a_transaction_over_http(client: AsyncClient) -> None:
    delivery = bundle(
        entry(patient(), "PUT", "http://centre/fhir/Patient/resident-1"),
        entry(task(**{"for": {"reference": "Patient/resident-1"}})),
        entry(None, "GET", "/Task?patient=resident-1"),
    )
    for url in ("/fhir", "/fhir/"):
        answer = await client.post(url, json=delivery, headers={"Prefer": "return=representation"})
        assert answer.status_code == 200
    assert [item["response"]["status"] for item in answer.json()["entry"]] == [
        "200 OK",
        "201 Created",
        "200 OK",
    ]
    assert answer.json()["entry"][1]["resource"]["resourceType"] == "Task"
    assert answer.json()["entry"][2]["resource"]["total"] == 2


@pytest.mark.parametrize("case", table("http_errors.yml"), ids=lambda case: case["name"])
async def test_refusals(client: AsyncClient, trail: Trail, case: dict[str, Any]) -> None:
    await client.put("/fhir/Patient/resident-1", json=patient())
    trail.clear()
    method, url = case["request"].split(" ", 1)
    body = case.get("body", "")
    content = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    headers = {"Content-Type": "application/fhir+json"} | case.get("headers", {})
    response = await client.request(method, url, content=content.encode(), headers=headers)
    issue = outcome(response)["issue"][0]
    found = {"status": response.status_code, "code": issue["code"]}
    if "expression" in case:
        found["expression"] = issue["expression"][0]
    assert found == {key: case[key] for key in found}
    assert issue["diagnostics"]
    assert trail == []


async def test_a_body_that_is_too_long(client: AsyncClient) -> None:
    response = await client.post("/fhir/Patient", content=b" " * (8 * 1024 * 1024 + 1))
    assert (response.status_code, outcome(response)["issue"][0]["code"]) == (413, "too-long")


async def test_who_may_not_come_in_sees_nothing(client: AsyncClient) -> None:
    await client.put("/fhir/Patient/resident-1", json=patient())
    stranger = {"Organization": "stranger"}
    for method, url in [
        ("GET", "/fhir/metadata"),
        ("GET", "/fhir/Patient/resident-1"),
        ("GET", "/fhir/Patient"),
        ("POST", "/fhir/Patient/_search"),
        ("POST", "/fhir"),
        ("PUT", "/fhir/Patient/resident-1"),
        ("DELETE", "/fhir/Patient/resident-1"),
    ]:
        response = await client.request(method, url, headers=stranger, json=patient())
        assert (response.status_code, outcome(response)["issue"][0]["code"]) == (401, "login"), url
        assert response.headers["www-authenticate"] == "Bearer"


async def test_each_organization_has_its_own_records(client: AsyncClient) -> None:
    other = {"Organization": "other"}
    await client.put("/fhir/Patient/resident-1", json=patient())
    created = await client.put("/fhir/Patient/resident-1", json=patient(gender="female"), headers=other)
    assert created.status_code == 201
    assert "gender" not in (await client.get("/fhir/Patient/resident-1")).json()
    assert (await client.get("/fhir/Patient", headers=other)).json()["total"] == 1


async def test_the_capability_statement_says_what_is_there(client: AsyncClient) -> None:
    from importlib import import_module

    statement = (await client.get("/fhir/metadata")).json()
    import_module("fhir.resources.R4B.capabilitystatement").CapabilityStatement.model_validate(statement)
    assert statement["fhirVersion"] == "4.0.1"
    (rest,) = statement["rest"]
    for resource in rest["resource"]:
        found = await client.get(f"/fhir/{resource['type']}?_count=0", headers={"Prefer": "handling=strict"})
        assert found.status_code == 200, resource["type"]
        for parameter in resource["searchParam"]:
            value = "2026-11-24" if parameter["type"] == "date" else "x"
            url = f"/fhir/{resource['type']}?{parameter['name']}={value}"
            answer = await client.get(url, headers={"Prefer": "handling=strict"})
            assert (answer.status_code, answer.json()["total"]) == (200, 0), url
