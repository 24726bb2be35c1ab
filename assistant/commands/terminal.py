"""What every command writes through, and the one way in which a command fails."""

from rich.console import Console

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


class CommandFailed(Exception):
    """A command cannot do what was asked. The message is for who typed it: what, where, what to do."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code
