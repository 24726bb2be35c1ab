"""What a record service has after a transaction: ids, versions, and references that name them."""

import json
from typing import Any


def stored(bundle: dict[str, Any], version: int = 1) -> list[dict[str, Any]]:
    """The entries as they would be read back."""
    ids = {}
    for number, entry in enumerate(bundle["entry"]):
        resource = entry["resource"]
        ids[entry["fullUrl"]] = f"{resource['resourceType']}/{resource.get('id', f'r{number}')}"
    text = json.dumps([entry["resource"] for entry in bundle["entry"]])
    for url, reference in ids.items():
        text = text.replace(f'"{url}"', f'"{reference}"')
    found = []
    for resource, reference in zip(json.loads(text), ids.values(), strict=True):
        meta = {**resource.get("meta", {}), "versionId": str(version), "lastUpdated": "2026-11-24T01:35:00Z"}
        found.append({**resource, "id": reference.split("/")[1], "meta": meta})
    return found


def after(resources: list[dict[str, Any]], bundle: dict[str, Any]) -> list[dict[str, Any]]:
    """The resources once the transaction's updates are applied, each in its next version."""
    by_id = {f"{resource['resourceType']}/{resource['id']}": resource for resource in resources}
    for entry in bundle["entry"]:
        url = entry["request"]["url"]
        if entry["request"]["method"] == "PUT" and url in by_id:
            version = str(int(by_id[url]["meta"]["versionId"]) + 1)
            meta = {**entry["resource"].get("meta", {}), "versionId": version}
            by_id[url] = {**entry["resource"], "meta": meta}
    return list(by_id.values())
