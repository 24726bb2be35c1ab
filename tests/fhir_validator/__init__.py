"""The npm package `fhir` as a second, independent validator of FHIR R4 resources.

It needs node and npm, and on its first use either the network or a filled npm cache.
"""

import fcntl
import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent
_INSTALLED = _HERE.parent.parent / "var" / "fhir-validator"


class NotInstalled(Exception):
    """The validator cannot be had here; the message says why."""


def install() -> None:
    """Install the locked version into var/, once; test processes that start together wait for each other."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise NotInstalled(f"{program} is not installed (apt-get install nodejs npm)")
    _INSTALLED.mkdir(parents=True, exist_ok=True)
    with (_INSTALLED / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = (_HERE / "package-lock.json").read_text(encoding="utf-8")
        done = _INSTALLED / "installed-lock.json"
        if done.exists() and done.read_text(encoding="utf-8") == wanted:
            return
        for name in ("package.json", "package-lock.json"):
            shutil.copy(_HERE / name, _INSTALLED / name)
        _npm_ci()
        done.write_text(wanted, encoding="utf-8")


def problems(resources: Iterable[dict[str, Any]]) -> list[str]:
    """What the validator says is wrong, one line each."""
    ran = subprocess.run(
        ["node", str(_HERE / "validate.js")],
        input=json.dumps(list(resources)).encode(),
        capture_output=True,
        env={"NODE_PATH": str(_INSTALLED / "node_modules"), "PATH": "/usr/local/bin:/usr/bin:/bin"},
        timeout=60,
        check=True,
    )
    found: list[str] = json.loads(ran.stdout)
    return found


def _npm_ci() -> None:
    command = ["npm", "ci", "--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=0"]
    try:
        ran = subprocess.run(command, cwd=_INSTALLED, capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        raise NotInstalled("npm did not answer within two minutes") from None
    if ran.returncode:
        raise NotInstalled(f"npm cannot install the validator: {ran.stderr.decode(errors='replace')[-300:]}")
