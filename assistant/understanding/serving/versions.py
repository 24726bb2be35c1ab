"""The versions of the model that an installation has, and which of them is active.

A version is a folder with a card, named as its card says. Versions come from two places: shipped with the
product (`models/understanding-zh/<version>`, never written to) and the installation's own (trained here).
Which one serves is said by a pointer beside the own ones; while nobody has chosen, it is the newest shipped
version that is sound. A version is checked, file by file, before it becomes active; what cannot be used is
refused with a message, and the pointer stays as it was.
"""

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from assistant.dialogue.meaning import Act
from assistant.understanding.model.card import Card, ModelError, read_card
from assistant.understanding.serving.pointer import (
    Choice,
    Pointer,
    locked,
    mark_of,
    read_pointer,
    write_pointer,
)


@dataclass(frozen=True, slots=True)
class Version:
    """A folder among the versions. `card` is None when it cannot be read; `problem` then says why."""

    name: str
    folder: Path
    shipped: bool
    card: Card | None
    problem: str | None = None


def _now() -> datetime:
    return datetime.now(UTC)


class VersionStore:
    """The folders of an installation's models and the pointer to the active one.

    `intents` are those of the domain, with their acts: a model that predicts any other is refused. None
    leaves that out.
    """

    def __init__(
        self,
        shipped: Path,
        own: Path,
        intents: Mapping[str, str] | None = None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.shipped = shipped
        self.own = own
        self._intents = intents
        self._now = now

    def versions(self) -> list[Version]:
        """Every version, the newest name first. Cards are read; files are not hashed."""
        found: dict[str, Version] = {}
        for folder in self._folders():
            if folder.name not in found:
                found[folder.name] = self._version(folder)
        return sorted(found.values(), key=lambda version: _natural(version.name), reverse=True)

    def folder(self, name: str) -> Path:
        """Where a version is; an own one goes before a shipped one of the same name.

        Raises ModelError, with what may have been meant, when there is none.
        """
        for folder in self._folders():
            if folder.name == name:
                return folder
        names = [folder.name for folder in self._folders()]
        close = get_close_matches(name, names, n=1)
        if close:
            advice = f"did you mean {close[0]}?"
        elif names:
            advice = f"there are: {', '.join(sorted(names, key=_natural, reverse=True))}"
        else:
            advice = f"there is none below {self.own} and {self.shipped}; make one with `assistant train`"
        raise ModelError(f"no version {name!r} of the model; {advice}")

    def check(self, name: str) -> Card:
        """The card of a version all of whose files are as the card says and whose labels we know.

        Raises ModelError.
        """
        folder = self.folder(name)
        card = read_card(folder)
        if card.version != name:
            raise ModelError(f"{folder}: its card says version {card.version!r}; give the folder that name")
        self._check_labels(folder, card)
        return card

    def check_chosen(self, choice: Choice) -> Card:
        """The same for a choice, whose folder must still be what was chosen. Raises ModelError."""
        card = self.check(choice.version)
        if card.fingerprint != choice.fingerprint:
            raise ModelError(
                f"{self.folder(choice.version)}: is not the model that was made active (its fingerprint "
                f"differs); choose it anew with `assistant models activate {choice.version}`"
            )
        return card

    def active(self) -> Choice:
        """What was made active, else the newest sound shipped version. Raises ModelError."""
        pointer = read_pointer(self.own)
        return pointer.active if pointer is not None else self._default()

    def fallbacks(self) -> list[Choice]:
        """What may serve when the active version cannot: the earlier choices, the latest first, then ours."""
        try:
            pointer = read_pointer(self.own)
        except ModelError:
            pointer = None
        choices = list(reversed(pointer.history)) if pointer is not None else []
        with suppress(ModelError):
            choices.append(self._default())
        return choices

    def activate(self, name: str) -> Choice:
        """Check a version and make it the active one. Raises ModelError and changes nothing."""
        with locked(self.own):
            card = self.check(name)
            choice = Choice(version=name, fingerprint=card.fingerprint, at=self._now())
            before = self._before()
            if before is None:
                pointer = Pointer(active=choice)
            elif before.active.same(choice):
                pointer = before
            else:
                pointer = before.then(choice)
            write_pointer(self.own, pointer)
        return pointer.active

    def roll_back(self) -> Choice:
        """Make the version active that was so before this one. Raises ModelError and changes nothing."""
        with locked(self.own):
            pointer = read_pointer(self.own)
            if pointer is None or not pointer.history:
                raise ModelError("there is no earlier version to go back to")
            choice = pointer.history[-1].model_copy(update={"at": self._now()})
            self.check_chosen(choice)
            write_pointer(self.own, Pointer(active=choice, history=pointer.history[:-1]))
        return choice

    def mark(self) -> tuple[int, int, int] | None:
        """Changes whenever another process has chosen; cheap enough to ask for every second."""
        return mark_of(self.own)

    def _before(self) -> Pointer | None:
        """What a new choice comes after; None when nothing serves, or nobody can tell what does."""
        try:
            return read_pointer(self.own) or Pointer(active=self._default())
        except ModelError:
            return None

    def _default(self) -> Choice:
        problems = []
        for folder in sorted(_children(self.shipped), key=lambda path: _natural(path.name), reverse=True):
            try:
                card = read_card(folder)
            except ModelError as error:
                problems.append(str(error))
            else:
                return Choice(version=folder.name, fingerprint=card.fingerprint)
        raise ModelError(
            problems[0]
            if problems
            else f"no model below {self.shipped}; make one with `assistant train` and choose it with "
            "`assistant models activate VERSION`"
        )

    def _folders(self) -> list[Path]:
        return [*_children(self.own), *_children(self.shipped)]

    def _version(self, folder: Path) -> Version:
        shipped = folder.parent == self.shipped
        try:
            return Version(folder.name, folder, shipped, read_card(folder, verify=False))
        except ModelError as error:
            return Version(folder.name, folder, shipped, None, str(error))

    def _check_labels(self, folder: Path, card: Card) -> None:
        acts = {act.value for act in Act}
        _known(folder, "act", {*card.labels.acts, *card.acts_of_intents.values()}, acts)
        if self._intents is None:
            return
        _known(folder, "intent", card.labels.intents, self._intents)
        for intent, act in sorted(card.acts_of_intents.items()):
            if intent in self._intents and self._intents[intent] != act:
                raise ModelError(
                    f"{folder}: takes intent {intent!r} for act {act!r}, the domain says "
                    f"{str(self._intents[intent])!r}; train the model again or restore domain/intents.yml"
                )


def _known(folder: Path, kind: str, labels: Collection[str], known: Collection[str]) -> None:
    unknown = sorted(set(labels) - set(known))
    if unknown:
        more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
        names = f"{kind} {', '.join(unknown[:3])}{more}"
        raise ModelError(
            f"{folder}: predicts labels that the domain does not have ({names}); "
            "train the model again or add them to the domain"
        )


def _children(folder: Path) -> list[Path]:
    """The version folders below a folder: those that hold a card, or should."""
    if not folder.is_dir():
        return []
    return [path for path in sorted(folder.iterdir()) if path.is_dir() and not path.name.startswith(".")]


def _natural(name: str) -> list[tuple[int, Any]]:
    """Orders 1.10 after 1.9."""
    return [(1, int(part)) if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]
