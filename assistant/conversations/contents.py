"""The content that conversations run on: the newest for new ones, their own version for the others."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.care.form import Form
from assistant.content import ContentErrors, forms, load, read
from assistant.dialogue.content import Content
from assistant.storage import Database, content_versions

log = structlog.get_logger(__name__)

_KEPT_IN_MEMORY = 8
"""Versions held besides the newest: those that running conversations began with."""


class UnknownVersion(LookupError):
    """A content version is neither loaded nor stored."""


@dataclass(frozen=True)
class Edition:
    """One version of the content with the texts that it was read from and the forms among them."""

    content: Content
    files: Mapping[str, str]
    forms: Mapping[str, Form]

    @property
    def version(self) -> str:
        """The digest of the texts."""
        return self.content.version


class Contents:
    """Reads the content folder, notices when it changes, and rebuilds older versions from the database."""

    def __init__(self, database: Database, home: Path) -> None:
        self._database = database
        self._home = home
        self._newest: Edition | None = None
        self._stamp: tuple[tuple[str, int, int], ...] = ()
        self._older: OrderedDict[str, Edition] = OrderedDict()
        self._reading = asyncio.Lock()

    @property
    def version(self) -> str | None:
        """Version of the newest content, None before the first was loaded."""
        return self._newest.version if self._newest is not None else None

    async def load(self) -> Edition:
        """Read the folder now. Raises ContentErrors and keeps what was there before."""
        async with self._reading:
            return await self._load()

    async def newest(self) -> Edition:
        """The newest content that is free of errors; the folder is read again when a file has changed.

        Raises ContentErrors only when there has never been a good one.
        """
        async with self._reading:
            stamp = _stamp(self._home)
            if self._newest is not None and stamp == self._stamp:
                return self._newest
            try:
                return await self._load()
            except ContentErrors:
                if self._newest is None:
                    raise
                self._stamp = stamp
                log.warning("content_has_errors", version=self._newest.version)
                return self._newest

    async def edition(self, version: str) -> Edition:
        """A version by its digest, from memory or the database. Raises UnknownVersion."""
        if self._newest is not None and self._newest.version == version:
            return self._newest
        if version in self._older:
            self._older.move_to_end(version)
            return self._older[version]
        async with self._database.read() as connection:
            files = await connection.scalar(
                select(content_versions.c.files).where(content_versions.c.version == version)
            )
        if files is None:
            raise UnknownVersion(version)
        edition = await asyncio.to_thread(_build, files)
        self._remember(edition)
        return edition

    async def store(self, connection: AsyncConnection, edition: Edition, at: datetime) -> None:
        """Keep the texts of a version that a conversation is about to begin with."""
        dialect = sqlite if self._database.is_sqlite else postgresql
        row = {"version": edition.version, "files": dict(edition.files), "created_at": at}
        await connection.execute(dialect.insert(content_versions).values(row).on_conflict_do_nothing())

    async def _load(self) -> Edition:
        stamp = _stamp(self._home)
        files = await asyncio.to_thread(read, self._home)
        edition = await asyncio.to_thread(_build, files)
        if self._newest is not None:
            self._remember(self._newest)
        self._newest, self._stamp = edition, stamp
        log.info("content_loaded", version=edition.version)
        return edition

    def _remember(self, edition: Edition) -> None:
        self._older[edition.version] = edition
        while len(self._older) > _KEPT_IN_MEMORY:
            self._older.popitem(last=False)


def _build(files: Mapping[str, str]) -> Edition:
    return Edition(content=load(files), files=files, forms=forms(files))


def _stamp(home: Path) -> tuple[tuple[str, int, int], ...]:
    """What changes when a file of the folder is added, removed or written."""
    return tuple(
        (str(path), status.st_mtime_ns, status.st_size)
        for path in sorted(home.rglob("*.yml"))
        if (status := path.stat())
    )
