"""The one way to do work later: DBOS workflows behind a thin port.

Work is enqueued inside the caller's own database transaction (DBOS keeps its tables in the same
database), so it exists exactly when that transaction was committed. A workflow's finished steps run once;
the step in flight when a process dies runs again after the restart, so every step is safe to repeat.
Workflows get an identifier, never personal data: DBOS stores and logs what they are given.

DBOS takes over the default thread pool of the event loop that it runs in and closes it at the end;
therefore it has a loop of its own, and steps hop over to the application's loop.
"""

import asyncio
import fcntl
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine
from io import TextIOWrapper
from pathlib import Path
from typing import Any, TypeVar

from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions
from sqlalchemy.ext.asyncio import AsyncConnection

from assistant.settings import SettingsError
from assistant.storage import Database

T = TypeVar("T")
Workflow = Callable[[str], Awaitable[None]]

APPLICATION = "assistant"
APPLICATION_VERSION = "1"
"""Raised only when a workflow's steps change their order: what is unfinished then needs the old code."""

_QUEUE = "later"
_POLL_SECONDS = 0.5
_TRANSIENT_ATTEMPTS = 8
"""Attempts at a step that fails for our own reasons (the database is away): about two minutes in all."""


class Durable:
    """Durable workflows on the application's database. One live process for each worker name."""

    def __init__(self, database: Database, worker: str, var: Path) -> None:
        self._database = database
        self._worker = worker
        self._lock_path = var / f"{worker}.lock"
        self._lock: TextIOWrapper | None = None
        self._workflows: dict[str, Workflow] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: DBOSClient | None = None

    def register(self, name: str, workflow: Workflow) -> None:
        """Name a workflow, before `launch`: an async function of an id, made of `step` and `sleep`."""
        self._workflows[name] = workflow

    async def launch(self) -> None:
        """Start, and go on with what this worker left unfinished.

        Raises SettingsError when another process has its name.
        """
        self._loop = asyncio.get_running_loop()
        self._take_name()
        await asyncio.to_thread(self._launch)

    async def close(self) -> None:
        """Stop. Unfinished workflows wait for the next launch."""
        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        self._client = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    @property
    def running(self) -> bool:
        """Whether it has been launched and not closed."""
        return self._client is not None

    async def enqueue(
        self,
        connection: AsyncConnection,
        workflow: str,
        workflow_id: str,
        argument: str,
        delay_seconds: float | None = None,
    ) -> None:
        """Have a workflow run once `connection`'s transaction is committed, at the earliest after the delay.

        The same `workflow_id` again changes nothing.
        """
        if self._client is None:
            raise RuntimeError("durable work has not been launched")
        client = self._client
        options: EnqueueOptions = {
            "workflow_name": workflow,
            "queue_name": _QUEUE,
            "workflow_id": workflow_id,
            "application_name": APPLICATION,
        }
        if delay_seconds is not None:
            options["delay_seconds"] = delay_seconds
        await connection.run_sync(lambda sync: client.enqueue_in_transaction(sync, options, argument))

    async def step(self, name: str, function: Callable[..., Coroutine[Any, Any, T]], *args: Any) -> T:
        """Inside a workflow: run a function of the application and remember its result."""
        loop = self._loop
        if loop is None:
            raise RuntimeError("durable work has not been launched")

        async def hop() -> T:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(function(*args), loop))

        return await DBOS.run_step_async(
            {
                "name": name,
                "retries_allowed": True,
                "max_attempts": _TRANSIENT_ATTEMPTS,
                "interval_seconds": 1.0,
                "backoff_rate": 2.0,
            },
            hop,
        )

    async def sleep(self, seconds: float) -> None:
        """Inside a workflow: wait, across restarts."""
        await DBOS.sleep_async(seconds)

    async def failed(self, workflow_id: str) -> bool:
        """Whether a workflow is gone: unknown, or ended by an error of ours."""
        status = await asyncio.to_thread(DBOS.get_workflow_status, workflow_id)
        return status is None or status.status in ("ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED")

    def _take_name(self) -> None:
        """Two live processes under one name would run every workflow twice, so the name is locked."""
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        lock = self._lock_path.open("w", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise SettingsError(
                f"ASSISTANT_WORKER: another process already runs as {self._worker}; give each its own name"
            ) from None
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        self._lock = lock

    def _launch(self) -> None:
        logging.getLogger("dbos").setLevel(logging.WARNING)
        engine = self._database.sync_engine()
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_engine": engine,
            "executor_id": self._worker,
            "application_version": APPLICATION_VERSION,
            "log_level": "WARNING",
            "use_listen_notify": False,
        }
        DBOS(config=config)
        for name, workflow in self._workflows.items():
            DBOS.workflow(name=name)(_function(workflow))
        DBOS.launch()
        DBOS.register_queue(_QUEUE, polling_interval_sec=_POLL_SECONDS)
        self._client = DBOSClient(system_database_engine=engine, application_name=APPLICATION, lazy=True)


def _function(workflow: Workflow) -> Workflow:
    """DBOS marks the functions that it is given, which bound methods do not allow."""

    async def run(identifier: str) -> None:
        await workflow(identifier)

    return run
