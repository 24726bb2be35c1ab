"""The centre itself in its records: chart entries name it as the one they were made for."""

from typing import Any

from assistant.records.references import Target
from assistant.records.store import FhirStore
from assistant.storage import DEFAULT_ORGANIZATION


async def keep_centre(
    store: FhirStore, name: str, phone: str, organization_id: str = DEFAULT_ORGANIZATION
) -> None:
    """See that `Organization/<organization_id>` exists and has this name and telephone number.

    To be called at every start: without it no call could be filed, and a new number makes a new version.
    Whatever else was written about the centre stays.
    """
    target = Target("Organization", organization_id)
    kept: dict[str, Any] = {"resourceType": target.type, "id": target.id, "active": True}
    if not await store.missing([target], organization_id):
        kept = (await store.read(target.type, target.id, organization_id)).content
    telecom = [{"system": "phone", "value": phone, "use": "work"}] if phone else []
    others = [point for point in kept.get("telecom", []) if point.get("system") != "phone"]
    changed = {**kept, "name": name, "telecom": telecom + others}
    if not changed["telecom"]:
        del changed["telecom"]
    await store.update(changed, target.id, organization_id=organization_id)
