"""The web pages for doctors: the worklist, the visit with its call, amending and signing."""

from assistant.console.desk import Desk
from assistant.console.router import router

__all__ = ["Desk", "router"]
