"""Eight fictional residents with everything that a follow-up call reads, for a first start and for tests."""

from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from assistant.records.centre import keep_centre
from assistant.records.references import Target
from assistant.records.seeds.charts import chart, colleagues
from assistant.records.store import FhirStore
from assistant.storage import DEFAULT_ORGANIZATION

_RESIDENTS = Path(__file__).with_name("residents.yml")


def resources(today: date, organization_id: str = DEFAULT_ORGANIZATION) -> list[dict[str, Any]]:
    """Every seeded resource, as of `today` in the centre's zone: follow-ups are due then."""
    data: dict[str, Any] = YAML(typ="safe").load(_RESIDENTS.read_text(encoding="utf-8"))
    made = list(colleagues(data, organization_id))
    for resident in data["residents"]:
        made.extend(chart(resident, today, organization_id))
    return made


async def seed(
    store: FhirStore,
    *,
    today: date,
    centre_name: str,
    centre_phone: str,
    organization_id: str = DEFAULT_ORGANIZATION,
) -> int:
    """Store the centre and those seeded resources that are not there yet; gives how many were stored.

    What is there already is left as it is: a chart that has been worked in is never set back.
    """
    await keep_centre(store, centre_name, centre_phone, organization_id)
    made = {Target(one["resourceType"], one["id"]): one for one in resources(today, organization_id)}
    missing = await store.missing(made, organization_id)
    if missing:
        entries = [
            {"resource": made[target], "request": {"method": "PUT", "url": str(target)}} for target in missing
        ]
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        await store.process(bundle, organization_id=organization_id)
    return len(missing)
