"""A PostgreSQL server in a temporary folder, with a fresh, migrated database for each test.

It listens on a random port of the loopback interface, trusts everybody there, and does not sync to disk.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from assistant.storage.migrations import upgrade

_TEMPLATE = "migrated"
_INSTALLED = Path("/usr/lib/postgresql")
_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "autovacuum": "off",
    "timezone": "Asia/Shanghai",
}


def binaries() -> Path | None:
    """The folder that holds initdb and postgres, newest version first; None where there is none."""
    versions = sorted(_INSTALLED.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]), reverse=True)
    if versions:
        return versions[0].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def missing() -> str | None:
    """Why no server can be started here; None if one can."""
    if binaries() is None:
        return "PostgreSQL's binaries are not installed (apt-get install postgresql)"
    if os.geteuid() == 0 and shutil.which("setpriv") is None:
        return "PostgreSQL refuses to run as root, and setpriv is not installed (apt-get install util-linux)"
    return None


_KEEP_AS_MIGRATED = """
CREATE SCHEMA pristine;
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE pristine.%1$I AS TABLE public.%1$I', name);
    END LOOP;
END $$
"""
_SET_BACK = """
SET lock_timeout = '2s';
SET session_replication_role = replica;
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT nspname FROM pg_namespace
        WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('public', 'pristine', 'information_schema') LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM public.%I', name);
        EXECUTE format('INSERT INTO public.%1$I SELECT * FROM pristine.%1$I', name);
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
        EXECUTE format('ALTER SEQUENCE public.%I RESTART', name);
    END LOOP;
END $$
"""
"""Triggers and foreign keys do not watch a replica. Another schema is one that a test made."""


@dataclass(frozen=True)
class Cluster:
    """A running server. `idle` holds migrated databases that no test uses: handing one on is ten times
    quicker than copying the template again."""

    port: int
    idle: list[str] = field(default_factory=list)

    @staticmethod
    @contextmanager
    def running() -> Iterator["Cluster"]:
        """Start a server, migrate the template, and stop and remove everything at the end.

        The server is told to quit when the test process dies, however that happens.
        """
        folder = Path(tempfile.mkdtemp(prefix="postgresql-test-"))
        try:
            _give_away(folder)
            _run(
                "initdb", "-D", folder / "data", "-A", "trust", "-U", "tests", "--no-sync", "--locale=C.UTF-8"
            )
            cluster = Cluster(_free_port())
            with (folder / "log").open("w+") as log:
                server = subprocess.Popen(cluster._command(folder), stdout=log, stderr=log, cwd="/")
                try:
                    cluster._wait(server, folder / "log")
                    cluster._migrate_template()
                    yield cluster
                finally:
                    server.send_signal(signal.SIGQUIT)
                    server.wait(timeout=30)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a migrated database for one test."""
        name = self.idle.pop() if self.idle else self._new_database(_TEMPLATE)
        yield self.url(name)
        try:
            self._execute(_SET_BACK, name)
        except psycopg.Error:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")
        else:
            self.idle.append(name)

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """The URL of a database without tables."""
        name = self._new_database("template1")
        yield self.url(name)
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _new_database(self, template: str) -> str:
        name = f"test_{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def url(self, name: str) -> str:
        return f"postgresql://tests@127.0.0.1:{self.port}/{name}"

    def _command(self, folder: Path) -> list[str]:
        settings = {
            **_OPTIONS,
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(folder),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [
            *_as_server_user("--pdeathsig=QUIT"),
            _program("postgres"),
            "-D",
            str(folder / "data"),
            *options,
        ]

    def _wait(self, server: subprocess.Popen[bytes], log: Path) -> None:
        """Until the server answers; RuntimeError with its log where it does not within half a minute."""
        for _ in range(600):
            try:
                self._execute("SELECT 1")
                return
            except psycopg.OperationalError:
                if server.poll() is not None:
                    break
                time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL did not start: {log.read_text(errors='replace')}")

    def _migrate_template(self) -> None:
        self._execute(f"CREATE DATABASE {_TEMPLATE}")
        engine = create_engine(
            self.url(_TEMPLATE).replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool
        )
        upgrade(engine)
        engine.dispose()
        self._execute(_KEEP_AS_MIGRATED, _TEMPLATE)

    def _execute(self, statement: str, database: str = "postgres") -> None:
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement.encode())


def _program(name: str) -> str:
    folder = binaries()
    assert folder is not None
    return str(folder / name)


def _run(program: str, *arguments: str | Path) -> None:
    """Run one of PostgreSQL's programs to its end, as its user; its output is shown where it fails."""
    command = [*_as_server_user(), _program(program), *map(str, arguments)]
    done = subprocess.run(command, check=False, capture_output=True, cwd="/", timeout=60)
    if done.returncode:
        raise RuntimeError(f"{program} failed: {(done.stdout + done.stderr).decode(errors='replace')}")


def _server_user() -> pwd.struct_passwd | None:
    """Whom the server runs as: ourselves, or, where we are root, an account without rights."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _as_server_user(*options: str) -> list[str]:
    """The beginning of a command line that runs the rest as the server's user."""
    user = _server_user()
    if user is not None:
        options = (*options, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    return ["setpriv", *options] if options and shutil.which("setpriv") else []


def _give_away(folder: Path) -> None:
    user = _server_user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
