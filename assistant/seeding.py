"""What a development start finds: the centre of `config.yml`, eight fictional residents and their staff."""

from datetime import date
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from assistant.records import FhirStore
from assistant.records.centre import keep_centre
from assistant.records.seeds import resources, seed
from assistant.settings import Centre
from assistant.storage import DEFAULT_ORGANIZATION, Database, organizations, staff


async def name_centre(database: Database, store: FhirStore, centre: Centre) -> None:
    """Give the default organisation, and its record, the name and telephone number of `config.yml`."""
    async with database.transaction() as connection:
        await connection.execute(
            update(organizations)
            .where(organizations.c.id == DEFAULT_ORGANIZATION)
            .values(name=centre.name, phone=centre.phone)
        )
    await keep_centre(store, centre.name, centre.phone)


async def seed_development(database: Database, store: FhirStore, centre: Centre, today: date) -> int:
    """Store the fictional residents and staff that are not there yet; gives how many resources were new."""
    stored = await seed(store, today=today, centre_name=centre.name, centre_phone=centre.phone)
    dialect = sqlite if database.is_sqlite else postgresql
    rows = list(_staff(resources(today)))
    async with database.transaction() as connection:
        await connection.execute(dialect.insert(staff).values(rows).on_conflict_do_nothing())
    return stored


def _staff(made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = {one["id"]: one["name"][0]["text"] for one in made if one["resourceType"] == "Practitioner"}
    roles = {
        one["practitioner"]["reference"].removeprefix("Practitioner/"): one["code"][0]["coding"][0]["code"]
        for one in made
        if one["resourceType"] == "PractitionerRole"
    }
    return [
        {"id": id_, "organization_id": DEFAULT_ORGANIZATION, "name": name, "role": roles[id_], "active": True}
        for id_, name in names.items()
    ]
