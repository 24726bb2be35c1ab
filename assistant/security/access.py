"""Bearer tokens and what they allow.

In production `ASSISTANT_TOKENS` lists them, separated by spaces or commas, each as `name=secret`,
`name=sha256:<hex digest of the secret>`, or with a role: `name:role=secret`. The roles are `service`
(a machine; the default), `doctor` (the name is the id of the member of staff) and `operator`.
`ASSISTANT_SECRET` signs the session cookies of the pages. In development one token in a file may do
everything; it begins with `dev-`, and production refuses it.
"""

import hmac
import os
import secrets
import string
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal, get_args

from assistant.settings import Settings, SettingsError

Role = Literal["service", "doctor", "operator"]

DEVELOPMENT_PREFIX = "dev-"
_SHORTEST = 24
_HASHED = "sha256:"


@dataclass(frozen=True)
class Principal:
    """Who makes a request: a machine or a member of staff of one organisation."""

    id: str
    role: Role
    organization_id: str = "default"


DEVELOPER = Principal(id="development", role="operator")


class Access:
    """The tokens of one installation. Secrets are kept as digests and compared in constant time."""

    def __init__(self, principals: Iterable[tuple[bytes, Principal]], signing_key: bytes) -> None:
        self._principals = tuple(principals)
        self.signing_key = signing_key

    def principal(self, token: str) -> Principal | None:
        """Whose token it is; None for nobody's. Every known digest is compared, whichever matches."""
        digest = sha256(token.encode()).digest()
        found: Principal | None = None
        for known, principal in self._principals:
            if hmac.compare_digest(known, digest):
                found = principal
        return found

    @classmethod
    def load(cls, settings: Settings) -> "Access":
        """The tokens that the settings name. Raises SettingsError in one line when production lacks one."""
        listed = _parse(settings.tokens.get_secret_value()) if settings.tokens else []
        secret = settings.secret.get_secret_value() if settings.secret else ""
        if settings.development:
            token = development_token(settings.var)
            listed.append((sha256(token.encode()).digest(), DEVELOPER))
            return cls(listed, (secret or f"session {token}").encode())
        _check_production(settings.var, listed, secret)
        return cls(listed, secret.encode())


def development_token(var: Path) -> str:
    """The token in `<var>/dev-token`, made on first use, readable by its owner only."""
    path = var / "dev-token"
    try:
        token = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        token = ""
    if token.startswith(DEVELOPMENT_PREFIX) and len(token) >= _SHORTEST:
        return token
    token = DEVELOPMENT_PREFIX + secrets.token_urlsafe(32)
    var.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(token + "\n")
    fresh.replace(path)
    return token


def _check_production(var: Path, listed: list[tuple[bytes, Principal]], secret: str) -> None:
    if not listed:
        raise SettingsError("ASSISTANT_TOKENS: production needs at least one token, as name=secret")
    if len(secret) < _SHORTEST:
        raise SettingsError(f"ASSISTANT_SECRET: production needs a secret of at least {_SHORTEST} characters")
    path = var / "dev-token"
    if path.exists():
        known = sha256(path.read_text(encoding="ascii").strip().encode()).digest()
        if any(hmac.compare_digest(known, digest) for digest, _ in listed):
            raise SettingsError(f"ASSISTANT_TOKENS: holds the development token of {path}; make another one")


def _parse(text: str) -> list[tuple[bytes, Principal]]:
    parsed = []
    for position, entry in enumerate(text.replace(",", " ").split(), start=1):
        head, separator, secret = entry.partition("=")
        name, _, role = head.partition(":")
        where = f"ASSISTANT_TOKENS: entry {position}"
        if not (name and separator and secret):
            raise SettingsError(f"{where}: expected name=secret or name:role=secret")
        if role and role not in get_args(Role):
            raise SettingsError(f"{where} ({name}): unknown role {role}; known: {', '.join(get_args(Role))}")
        principal = Principal(id=name, role=role or "service")  # type: ignore[arg-type]
        parsed.append((_digest(secret, where=f"{where} ({name})"), principal))
    return parsed


def _digest(secret: str, where: str) -> bytes:
    if secret.startswith(_HASHED):
        digits = secret.removeprefix(_HASHED)
        if len(digits) != 64 or not set(digits) <= set(string.hexdigits):
            raise SettingsError(f"{where}: sha256: must be followed by 64 hexadecimal digits")
        return bytes.fromhex(digits)
    if secret.startswith(DEVELOPMENT_PREFIX):
        raise SettingsError(f"{where}: is a development token; make another one")
    if len(secret) < _SHORTEST:
        raise SettingsError(f"{where}: secrets need at least {_SHORTEST} characters")
    return sha256(secret.encode()).digest()
