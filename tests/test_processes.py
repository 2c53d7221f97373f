"""Programs that run together: with real processes, real signals and real ports."""

import io
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from aftercare.ports import free_port, user_of
from aftercare.processes import Program, ProgramStopped, Together
from tests.waiting import ended

FOREVER = "import signal; print('here', flush=True); signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + FOREVER


def python(name: str, code: str, **more: object) -> Program:
    return Program(name, [sys.executable, "-c", code], **more)  # type: ignore[arg-type]


def serving(name: str, port: int) -> Program:
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    return Program(name, command, ready=f"http://127.0.0.1:{port}/")


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def console(screen: io.StringIO) -> Console:
    return Console(file=screen, width=100)


@pytest.fixture
def port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_when_one_stops_its_name_and_reason_are_told_and_the_others_end(console: Console) -> None:
    programs = [python("web", FOREVER), python("worker", "raise SystemExit(3)")]
    with (
        pytest.raises(ProgramStopped, match="worker stopped: exit code 3"),
        Together(programs, console=console) as running,
    ):
        web = running.pid("web")
        running.wait()
    assert ended(web)


def test_one_that_is_killed_from_outside_says_by_what(console: Console) -> None:
    with (
        pytest.raises(ProgramStopped, match="rasa stopped: killed by SIGKILL"),
        Together([python("rasa", FOREVER)], console=console) as running,
    ):
        os.kill(running.pid("rasa"), signal.SIGKILL)
        running.wait()


def test_each_line_is_shown_with_the_name_of_who_said_it(
    console: Console, screen: io.StringIO
) -> None:
    programs = [python("web", "print('listening')"), python("actions", FOREVER)]
    with pytest.raises(ProgramStopped), Together(programs, console=console) as running:
        running.wait()
    assert "web     | listening" in screen.getvalue()


def test_quiet_programs_speak_only_when_they_fail(console: Console, screen: io.StringIO) -> None:
    fails = "print('config.yml is missing'); raise SystemExit(1)"
    with (
        pytest.raises(ProgramStopped, match=r"rasa stopped: exit code 1\n +config.yml is missing"),
        Together([python("rasa", fails)], console=console, quiet=True) as running,
    ):
        running.wait()
    assert screen.getvalue() == ""


def test_what_a_program_says_is_kept_in_its_own_log(tmp_path: Path, console: Console) -> None:
    programs = [python("rasa", "print('model loaded')")]
    with (
        pytest.raises(ProgramStopped),
        Together(programs, console=console, quiet=True, logs=tmp_path / "log") as running,
    ):
        running.wait()
    assert (tmp_path / "log" / "rasa.log").read_text() == "model loaded\n"


def test_one_that_ignores_the_request_to_stop_is_killed(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aftercare.processes.GRACE_SECONDS", 0.2)
    with (
        pytest.raises(ProgramStopped, match="web stopped"),
        Together([python("rasa", STUBBORN), python("web", "input()")], console=console) as running,
    ):
        rasa = running.pid("rasa")
        running.wait()
    assert ended(rasa)


def test_the_children_of_a_program_end_with_it(console: Console, tmp_path: Path) -> None:
    note = tmp_path / "child"
    code = (
        "import pathlib, subprocess, sys;"
        f"child = subprocess.Popen([sys.executable, '-c', {FOREVER!r}]);"
        f"pathlib.Path({str(note)!r}).write_text(str(child.pid))"
    )
    with pytest.raises(ProgramStopped), Together([python("rasa", code)], console=console) as run:
        run.wait()
    assert ended(int(note.read_text()), within=1)


def test_a_program_that_inherits_only_some_names_sees_no_others(
    console: Console, screen: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AFTERCARE_KEYS", "k1:secret")
    monkeypatch.setenv("LANG", "C.UTF-8")
    program = python(
        "rasa",
        "import os; print(sorted({'AFTERCARE_KEYS', 'LANG', 'PORT'} & os.environ.keys()))",
        inherits=("PATH", "LANG"),
        env={"PORT": "5005"},
    )
    with pytest.raises(ProgramStopped), Together([program], console=console) as running:
        running.wait()
    assert "['LANG', 'PORT']" in screen.getvalue()


def test_readiness_is_when_the_address_answers(console: Console, screen: io.StringIO) -> None:
    port, _ = free_port(18000)
    with Together([serving("web", port)], console=console, quiet=True) as running:
        running.await_ready(seconds=30)
    assert "web is ready" in screen.getvalue()


def test_waiting_for_one_that_fails_to_start_ends_with_its_reason(console: Console) -> None:
    program = python("rasa", "raise SystemExit('no model')", ready="http://127.0.0.1:9/")
    with (
        pytest.raises(ProgramStopped, match=r"rasa stopped: exit code 1\n +no model"),
        Together([program], console=console, quiet=True) as running,
    ):
        running.await_ready(seconds=30)


def test_waiting_for_one_that_never_answers_names_it(console: Console) -> None:
    program = python("rasa", FOREVER, ready="http://127.0.0.1:9/")
    with (
        pytest.raises(TimeoutError, match="rasa did not answer"),
        Together([program], console=console) as running,
    ):
        running.await_ready(seconds=0.1)


def test_a_taken_port_gives_the_next_free_one(port: int) -> None:
    found, taken_by_other = free_port(port)
    assert found > port
    assert taken_by_other


def test_a_free_port_is_taken_as_it_is() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert free_port(port) == (port, False)


def test_a_port_is_promised_once_though_nobody_listens_on_it_yet() -> None:
    first, _ = free_port(18100)
    second, taken_by_other = free_port(first)
    assert second > first
    assert taken_by_other


def test_a_port_promised_to_another_aftercare_is_left_to_it() -> None:
    promised = "from aftercare.ports import free_port; print(free_port(18200)[0], flush=True);"
    command = [sys.executable, "-c", promised + "input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        theirs = int(other.stdout.readline())
        assert free_port(theirs)[0] > theirs
        other.communicate(b"\n")
    assert free_port(theirs) == (theirs, False)


def test_who_holds_a_taken_port_is_named(port: int) -> None:
    assert f"(process {os.getpid()})" in user_of(port)


# What follows needs a supervisor of its own, since its end is what is tested.

SUPERVISOR = textwrap.dedent(
    """
    import sys
    from aftercare.processes import Program, Together

    programs = [Program(str(n), [sys.executable, "-c", sys.argv[1]]) for n in range(2)]
    with Together(programs) as running:
        print(*(running.pid(str(n)) for n in range(2)), flush=True)
        running.wait()
    """
)


def supervisor(code: str = FOREVER) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SUPERVISOR, code]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def children_of(started: subprocess.Popen[str]) -> list[int]:
    """Its two programs, once both have said that they run."""
    assert started.stdout is not None
    lines: list[str] = []
    while sum("here" in line for line in lines) < 2 or not any("|" not in line for line in lines):
        lines.append(started.stdout.readline())
    (pids,) = (line for line in lines if "|" not in line)
    return [int(pid) for pid in pids.split()]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        pytest.param(signal.SIGINT, -signal.SIGINT, id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, id="SIGTERM"),
        pytest.param(signal.SIGHUP, 129, id="closed terminal"),
    ],
)
def test_a_signal_ends_all_and_leaves_no_orphan(told: signal.Signals, code: int) -> None:
    with supervisor() as started:
        children = children_of(started)
        started.send_signal(told)
        assert started.wait(timeout=10) == code
    assert all(ended(child) for child in children)


def test_a_second_ctrl_c_kills_what_would_not_stop() -> None:
    with supervisor(STUBBORN) as started:
        children = children_of(started)
        started.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            started.wait(timeout=0.5)
        started.send_signal(signal.SIGINT)
        started.wait(timeout=5)
    assert all(ended(child, within=1) for child in children)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of the killed")
def test_a_supervisor_that_is_killed_outright_takes_its_programs_along() -> None:
    with supervisor() as started:
        children = children_of(started)
        started.kill()
        started.wait(timeout=5)
    assert all(ended(child, within=5) for child in children)
