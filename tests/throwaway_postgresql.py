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
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from assistant.storage.migrations import upgrade

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


@dataclass(frozen=True)
class Cluster:
    """A running server. `template` is a migrated database that every test's database is copied from."""

    port: int
    template: str = "migrated"

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
        """The URL of a new copy of the template, dropped at the end."""
        name = f"test_{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        try:
            yield self.url(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

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
        self._execute(f"CREATE DATABASE {self.template}")
        engine = create_engine(
            self.url(self.template).replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool
        )
        upgrade(engine)
        engine.dispose()

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
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
