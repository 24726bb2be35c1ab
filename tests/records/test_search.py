"""Searching by every kind of parameter, in order and by pages, alike on both databases."""

from collections.abc import AsyncIterator

import pytest

from assistant.records import FhirStore
from assistant.records.bundles import searchset
from assistant.records.dates import Comparison, interval
from tests.records.conftest import bundle, entry, patient, table, task

CASES = table("searches.yml")


@pytest.fixture
async def filled(store: FhirStore) -> AsyncIterator[FhirStore]:
    """The store with the resources of searches.yml, one second apart."""
    for resource in CASES["resources"]:
        await store.update(resource, resource["id"])
    yield store


async def test_searches(filled: FhirStore) -> None:
    """All in one: filling a database for each of them would take most of the time."""
    for case in CASES["searches"]:
        resource_type, _, query = case["search"].partition("?")
        parameters = [tuple(pair.split("=", 1)) for pair in query.split("&") if pair]
        page = await filled.search(resource_type, parameters)
        found = [stored.id for stored in page.found]
        wanted = case["finds"].split()
        ordered = "_sort" in query
        assert (found if ordered else sorted(found)) == (wanted if ordered else sorted(wanted)), case[
            "search"
        ]
        assert sorted(stored.id for stored in page.included) == sorted(case.get("brings", "").split()), case
        assert page.query.ignored == (), case["search"]


async def test_the_newest_come_first(filled: FhirStore) -> None:
    page = await filled.search("Patient")
    assert [stored.id for stored in page.found] == ["li", "wang"]


async def test_an_index_follows_its_resource(store: FhirStore) -> None:
    await store.update(task(id="t", priority="routine"), "t")
    await store.update(task(id="t", priority="stat"), "t")
    assert (await store.search("Task", [("priority", "routine")])).total == 0
    assert (await store.search("Task", [("priority", "stat")])).total == 1


async def test_pages_hold_everything_once(store: FhirStore) -> None:
    await store.process(bundle(*(entry(task(description=f"{number}")) for number in range(7))))
    parameters = [("status", "requested"), ("_sort", "_id"), ("_count", "3")]
    seen: list[str] = []
    sizes: list[int] = []
    offset: int | None = 0
    while offset is not None:
        page = await store.search("Task", [*parameters, ("_offset", str(offset))])
        assert page.total == 7
        seen += [stored.id for stored in page.found]
        sizes.append(len(page.found))
        offset = page.next_offset
    assert (sizes, seen) == ([3, 3, 1], [f"id-{number}" for number in range(1, 8)])


async def test_links_lead_from_page_to_page(store: FhirStore) -> None:
    await store.process(bundle(*(entry(task()) for _ in range(3))))
    parameters = [("status", "requested"), ("colour", "red"), ("_count", "1"), ("_offset", "1")]
    made = searchset(await store.search("Task", parameters), "http://centre/fhir")
    assert {link["relation"]: link["url"] for link in made["link"]} == {
        "self": "http://centre/fhir/Task?status=requested&_count=1&_offset=1",
        "next": "http://centre/fhir/Task?status=requested&_count=1&_offset=2",
        "previous": "http://centre/fhir/Task?status=requested&_count=1",
    }
    *_, outcome = made["entry"]
    assert outcome["search"] == {"mode": "outcome"}
    assert "'colour'" in outcome["resource"]["issue"][0]["diagnostics"]


async def test_counting_gives_no_resources(filled: FhirStore) -> None:
    for parameter in (("_count", "0"), ("_summary", "count")):
        page = await filled.search("Patient", [parameter])
        assert (page.total, page.found) == (2, ())


async def test_last_updated_is_a_moment(store: FhirStore) -> None:
    """The clock stood at 01:00:00 UTC, nine o'clock in Shanghai."""
    await store.create(patient())
    for value, found in {
        "2026-11-24": 1,
        "ge2026-11-24T09:00:00+08:00": 1,
        "le2026-11-24T09:00:00+08:00": 1,
        "gt2026-11-24T01:00:00Z": 0,
        "lt2026-11-24T01:00:00Z": 0,
        "sa2026-11-23": 1,
        "eb2026-11-25": 1,
        "ne2026-11-24": 0,
        "eb2026-11-24T01:00:00Z": 0,
        "gt2026-11-24": 0,
    }.items():
        assert (await store.search("Patient", [("_lastUpdated", value)])).total == found, value


@pytest.mark.parametrize("value", ["100%", "a_c", "李\\"])
async def test_signs_that_mean_something_to_the_database_are_only_text(store: FhirStore, value: str) -> None:
    for name in ("100%", "1000", "a_c", "abc", "李\\", "李"):
        await store.create(patient(name=[{"text": name}]))
    escaped = value.replace("\\", "\\\\")
    page = await store.search("Patient", [("name", escaped)])
    assert [stored.content["name"][0]["text"] for stored in page.found] == [value]


async def test_sql_and_python_compare_dates_alike(store: FhirStore) -> None:
    stored = {case["date"]: f"d{number}" for number, case in enumerate(table("date_searches.yml"))}
    for date, name in stored.items():
        condition = {"resourceType": "Condition", "subject": {"display": "王秀英"}, "onsetDateTime": date}
        await store.update({**condition, "id": name}, name)
    for case in table("date_searches.yml"):
        for searched in case["searches"]:
            for comparison in Comparison:
                expected = {
                    name
                    for date, name in stored.items()
                    if interval(date).holds(comparison, interval(searched))
                }
                page = await store.search("Condition", [("onset-date", f"{comparison}{searched}")])
                assert {one.id for one in page.found} == expected, (comparison, searched)
