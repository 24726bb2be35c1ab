"""What every command writes through, and the one way in which a command fails."""

import logging

from rich.console import Console

from assistant.security import logs

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class CommandFailed(Exception):
    """A command cannot do what was asked. The message is for who typed it: what, where, what to do."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def warnings_only() -> None:
    """What parts of the platform log goes to standard error, and only when something is wrong."""
    logs.configure(development=True)
    logging.getLogger("assistant").setLevel(logging.WARNING)
