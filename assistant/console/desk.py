"""What the pages work on: the database, the charts, the content and the people who sign in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from starlette.requests import HTTPConnection

from assistant.console.ports import Charts
from assistant.conversations.alerts import Alerts
from assistant.conversations.clock import real_now
from assistant.conversations.contents import Contents
from assistant.storage import Database

ATTRIBUTE = "console"


@dataclass(frozen=True)
class Desk:
    """Set as `app.state.console` before the first request.

    `recordings` is the folder that recording paths are relative to. `speech_model` is the kind of model
    that listens: `synthetic-speech` (demonstration only) or `published`. `development` shows where the
    token is on the sign-in page.
    """

    database: Database
    charts: Charts
    contents: Contents
    alerts: Alerts
    recordings: Path
    speech_model: str | None = None
    development: bool = False
    now: Callable[[], datetime] = real_now


def desk(connection: HTTPConnection) -> Desk:
    """The Desk of the running application."""
    found: Desk = getattr(connection.app.state, ATTRIBUTE)
    return found
