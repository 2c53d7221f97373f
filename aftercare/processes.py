"""Runs the product's programs side by side: they start, show what they say and end together."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from types import FrameType, TracebackType
from typing import Self

import httpx
from rich.console import Console
from rich.text import Text

from aftercare.ports import free_port

__all__ = ["Program", "ProgramStopped", "Together", "free_port"]

GRACE_SECONDS = 8.0
LEAVING = (signal.SIGTERM, signal.SIGHUP)
COLOURS = ("cyan", "green", "magenta", "yellow", "blue", "bright_cyan", "bright_magenta")

type Handler = Callable[[int, FrameType | None], object] | int | None
type Handlers = dict[signal.Signals, Handler]


@dataclass(frozen=True)
class Program:
    """One program to run.

    `ready` is the HTTP address that answers once it can be used. `inherits` names what it
    gets of our own environment, besides `env`; None means all of it.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    inherits: Collection[str] | None = None
    ready: str | None = None
    folder: Path | None = None


class ProgramStopped(Exception):
    """A program ended that should not have; its name, why, and its last words."""

    def __init__(self, name: str, reason: str, last_words: Sequence[str] = ()) -> None:
        said = "".join(f"\n    {line}" for line in last_words)
        super().__init__(f"{name} stopped: {reason}{said}")
        self.name = name
        self.reason = reason


class Together:
    """Programs that start together and end together.

    Used as a context: entering starts them all, leaving ends them all, whatever
    happened in between. SIGTERM and SIGHUP become SystemExit, so that they leave too.
    `quiet` keeps their output from the screen; `logs` keeps it in a file for each.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        console: Console | None = None,
        quiet: bool = False,
        logs: Path | None = None,
    ) -> None:
        self._console = console or Console()
        self._quiet = quiet
        self._logs = logs
        self._programs = programs
        self._width = max((len(program.name) for program in programs), default=0)
        self._running: dict[str, subprocess.Popen[str]] = {}
        self._said: dict[str, deque[str]] = {}
        self._before: Handlers = {}
        self._readers: list[threading.Thread] = []
        self._ended: SimpleQueue[str] = SimpleQueue()

    def __enter__(self) -> Self:
        self._before = _handle(LEAVING, _leave)
        try:
            for program, colour in zip(self._programs, _colours(), strict=False):
                self._start(program, colour)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def await_ready(self, seconds: float = 180) -> None:
        """Return once every program answers; raise ProgramStopped or TimeoutError if not."""
        started = time.monotonic()
        waiting = {p.name: p.ready for p in self._programs if p.ready}
        with _progress(self._console) as show:
            while waiting:
                show(f"waiting for {', '.join(waiting)} ({time.monotonic() - started:.0f} s)")
                self._raise_if_ended(wait=0.2)
                for name in [name for name, address in waiting.items() if _answers(address)]:
                    del waiting[name]
                    self._announce(f"{name} is ready after {time.monotonic() - started:.0f} s")
                if time.monotonic() - started > seconds:
                    raise TimeoutError(f"{', '.join(waiting)} did not answer in {seconds:.0f} s")

    def wait(self) -> None:
        """Wait until a program ends, which raises ProgramStopped, or a signal comes."""
        while True:
            self._raise_if_ended(wait=None)

    def stop(self) -> None:
        """End every program: asked first, after a few seconds made to, their children too."""
        for process in self._running.values():
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for name, process in self._running.items():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._announce(f"{name} did not stop when asked; killing it")
            # The leader may be gone and a child of its still there: the group is what ends.
            _signal(process, signal.SIGKILL)
            process.wait()
        self._running.clear()
        for reader in self._readers:
            reader.join(timeout=1)

    def _end(self) -> None:
        # A second Ctrl-C while they end must not leave one behind: it kills them at once.
        hurried = _handle((signal.SIGINT, *LEAVING), self._kill)
        self.stop()
        _restore(hurried | self._before)

    def _kill(self, signum: int, frame: FrameType | None) -> None:
        for process in self._running.values():
            _signal(process, signal.SIGKILL)

    def _start(self, program: Program, colour: str) -> None:
        process = subprocess.Popen(  # noqa: S603 the programs are our own
            [*_dies_with_us(), *program.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd=program.folder,
            env=_environment(program),
            # Its own group: Ctrl-C reaches us alone, and we end it with all its children.
            start_new_session=True,
        )
        self._running[program.name] = process
        self._said[program.name] = deque(maxlen=20)
        for work in (self._read, self._watch):
            arguments = (program.name, process, colour)
            reader = threading.Thread(target=work, args=arguments, name=program.name, daemon=True)
            reader.start()
            self._readers.append(reader)

    def _read(self, name: str, process: subprocess.Popen[str], colour: str) -> None:
        assert process.stdout is not None  # noqa: S101 for mypy: it is a pipe
        with self._log(name) as log:
            for line in process.stdout:
                self._said[name].append(line.rstrip())
                log(line)
                if not self._quiet:
                    self._show(name, line, colour)

    def _watch(self, name: str, process: subprocess.Popen[str], colour: str) -> None:
        process.wait()
        self._ended.put(name)

    @contextmanager
    def _log(self, name: str) -> Iterator[Callable[[str], object]]:
        if self._logs is None:
            yield lambda line: None
            return
        self._logs.mkdir(parents=True, exist_ok=True)
        with (self._logs / f"{name}.log").open("a", buffering=1) as file:
            yield file.write

    def _show(self, name: str, line: str, colour: str) -> None:
        prefix = Text(f"{name:<{self._width}} | ", style=colour)
        self._console.print(prefix + Text.from_ansi(line.rstrip()), soft_wrap=True)

    def _announce(self, text: str) -> None:
        self._console.print(Text(text, style="dim"), soft_wrap=True)

    def _raise_if_ended(self, wait: float | None) -> None:
        try:
            name = self._ended.get(timeout=wait)
        except Empty:
            return
        # Its last lines may still be on the way through the pipe.
        for reader in self._readers:
            if reader.name == name:
                reader.join(timeout=1)
        reason = _reason(self._running[name].returncode)
        raise ProgramStopped(name, reason, self._said[name] if self._quiet else ())


def _environment(program: Program) -> dict[str, str]:
    ours = os.environ
    kept = ours if program.inherits is None else ours.keys() & set(program.inherits)
    return {name: ours[name] for name in kept} | {"PYTHONUNBUFFERED": "1"} | dict(program.env)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False


def _reason(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"


def _signal(process: subprocess.Popen[str], which: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, which)


def _dies_with_us() -> tuple[str, ...]:
    # Killed outright (SIGKILL), we can end nobody: on Linux the kernel does it then.
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return (setpriv, "--pdeathsig", "TERM", "--") if setpriv else ()


def _leave(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + signum)


def _handle(signals: Sequence[signal.Signals], handler: Handler) -> Handlers:
    """Set `handler` for `signals`; gives what was there. Only the main thread may."""
    if threading.current_thread() is not threading.main_thread():
        return {}
    return {which: signal.signal(which, handler) for which in signals}


def _restore(handlers: Handlers) -> None:
    for which, handler in handlers.items():
        signal.signal(which, handler)


def _colours() -> Iterator[str]:
    while True:
        yield from COLOURS


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[str], object]]:
    if not console.is_terminal:
        yield lambda text: None
        return
    with console.status("starting") as status:
        yield status.update
