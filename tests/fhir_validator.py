"""Two checks that every FHIR resource must pass: fhir.resources (R4B models) and the npm package `fhir`.

The first checks structure and misses wrong codes; the second knows the codes of FHIR's own value sets. The
npm package is installed into `var/fhir-validator` the first time; where node or npm are missing, or the
registry cannot be reached, only the first check runs and `node_missing()` says so.
"""

import json
import shutil
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import BaseModel, ValidationError

ROOT = Path(__file__).parents[1]
HOME = ROOT / "var" / "fhir-validator"
PACKAGE = "fhir@4.12.0"
INSTALL_SECONDS = 120
CHECK_SECONDS = 60

SCRIPT = """
const { Fhir } = require('fhir');
const fhir = new Fhir();
const resources = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const found = resources.map(r => fhir.validate(r, { errorOnUnexpected: true }).messages || []);
process.stdout.write(JSON.stringify(found));
"""


def faults(resources: Iterable[dict[str, Any]]) -> list[str]:
    """What is wrong with the resources, as `Type.path: message`; empty when both checks pass."""
    listed = list(resources)
    found = [fault for resource in listed for fault in structure_faults(resource)]
    if node_missing() is None:
        found += node_faults(listed)
    return found


def structure_faults(resource: dict[str, Any]) -> list[str]:
    """What the R4B model of the resource's type refuses."""
    kind = resource["resourceType"]
    try:
        _model(kind).model_validate(resource)
    except ValidationError as error:
        return [f"{kind}.{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)]
    return []


def node_faults(resources: list[dict[str, Any]]) -> list[str]:
    """The errors that the npm validator finds. Its warnings, all about foreign code systems, are left out."""
    process = subprocess.run(
        ["node", "-e", SCRIPT],
        input=json.dumps(resources),
        capture_output=True,
        text=True,
        timeout=CHECK_SECONDS,
        cwd=HOME,
        check=True,
    )
    return [
        f"{message['location']}: {message['message']}"
        for messages in json.loads(process.stdout)
        for message in messages
        if message["severity"] in ("error", "fatal")
    ]


@cache
def node_missing() -> str | None:
    """Why the npm validator cannot run here, None when it can. Installs it the first time."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "node and npm are not installed"
    if (HOME / "node_modules" / "fhir").is_dir():
        return None
    HOME.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=HOME.parent) as fresh:
        command = ["npm", "install", "--prefix", fresh, "--no-audit", "--no-fund", "--silent", PACKAGE]
        try:
            subprocess.run(command, capture_output=True, timeout=INSTALL_SECONDS, check=True)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            return f"npm could not install {PACKAGE}"
        HOME.mkdir(exist_ok=True)
        with suppress(OSError):  # another test process was first
            (Path(fresh) / "node_modules").rename(HOME / "node_modules")
    return None


@cache
def _model(kind: str) -> type[BaseModel]:
    model: type[BaseModel] = getattr(import_module(f"fhir.resources.R4B.{kind.lower()}"), kind)
    return model
