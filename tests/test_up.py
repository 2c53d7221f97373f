"""`aftercare up` as an operator runs it: everything starts, and everything ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from aftercare.programs import missing_parts
from tests.waiting import ended

UP = [sys.executable, "-m", "aftercare", "up", "--port", "18300"]

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(missing_parts()), reason="; ".join(missing_parts())),
]


@pytest.fixture
def up(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    env = {name: value for name, value in os.environ.items() if "TWILIO" not in name}
    env |= {"AFTERCARE_VAR": str(tmp_path), "AFTERCARE_ENV": "test"}
    with subprocess.Popen(
        UP, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as started:
        yield started
        started.terminate()


def heard(started: subprocess.Popen[str], words: str) -> str:
    """All that is said up to the line with `words`."""
    assert started.stdout is not None
    said = []
    for line in started.stdout:
        said.append(line)
        if words in line:
            return "".join(said)
    pytest.fail("it ended without: " + words + "\n" + "".join(said))


def programs_of(started: subprocess.Popen[str]) -> dict[str, int]:
    """Its programs by what their command line ends with: web, worker, serve.py, …"""
    children = psutil.Process(started.pid).children(recursive=True)
    lines = {child.pid: " ".join(child.cmdline()) for child in children}
    names = ("aftercare web", "aftercare actions", "aftercare worker", "serve.py")
    return {name: pid for name in names for pid, line in lines.items() if name in line}


def test_when_the_worker_dies_everything_ends_and_says_why(
    up: subprocess.Popen[str], tmp_path: Path
) -> None:
    heard(up, "The console is at http://127.0.0.1:183")
    running = programs_of(up)
    assert len(running) == 4
    os.kill(running["aftercare worker"], signal.SIGKILL)
    assert "worker stopped: killed by SIGKILL" in heard(up, "worker stopped")
    assert up.wait(timeout=15) == 1
    assert all(ended(pid) for pid in running.values())
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()


def test_ctrl_c_while_it_still_starts_ends_everything(
    up: subprocess.Popen[str], tmp_path: Path
) -> None:
    heard(up, "is ready after")
    running = programs_of(up)
    up.send_signal(signal.SIGINT)
    assert up.wait(timeout=15) == 130
    assert all(ended(pid) for pid in running.values())
    assert not (tmp_path / "postgres" / "postmaster.pid").exists()
