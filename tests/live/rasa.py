"""The real, trained Rasa beside a real action server, for tests, recordings and the bench."""

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from aftercare.postgres import Embedded
from aftercare.processes import Program, Together, free_port

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = ROOT / "bot" / "runtime"
READY_SECONDS = 180.0
MAKE_IT = "make install train"


class RasaMissing(Exception):
    """Rasa's environment is not installed; says how to install it."""


@dataclass
class Rasa:
    """Rasa's REST interface as the product uses it."""

    url: str
    http: httpx.Client

    def __post_init__(self) -> None:
        self._messages = count(1)

    def says(self, sender: str, text: str, message_id: str | None = None) -> list[str]:
        """The texts Rasa answers with; raises httpx.HTTPStatusError for a failed turn."""
        answer = self.post(sender, text, message_id)
        answer.raise_for_status()
        return [message["text"] for message in answer.json()]

    def post(self, sender: str, text: str, message_id: str | None = None) -> httpx.Response:
        metadata = {"message_id": message_id or f"{sender}-{next(self._messages)}"}
        body = {"sender": sender, "message": text, "metadata": metadata}
        return self.http.post(f"{self.url}/webhooks/rest/webhook", json=body)

    def begin(self, sender: str, check_in: str) -> list[str]:
        answer = self.trigger(sender, check_in)
        answer.raise_for_status()
        return [message["text"] for message in answer.json()["messages"]]

    def trigger(self, sender: str, check_in: str) -> httpx.Response:
        body = {"name": "EXTERNAL_check_in", "entities": {"check_in": check_in}}
        return self.http.post(f"{self.url}/conversations/{sender}/trigger_intent", json=body)

    def parse(self, text: str) -> dict[str, Any]:
        answer = self.http.post(f"{self.url}/model/parse", json={"text": text})
        answer.raise_for_status()
        parsed: dict[str, Any] = answer.json()
        return parsed


def rasa_python() -> Path:
    """The interpreter of Rasa's environment (AFTERCARE_RASA_PYTHON points elsewhere)."""
    python = Path(os.environ.get("AFTERCARE_RASA_PYTHON", RUNTIME / ".venv" / "bin" / "python"))
    if not python.exists():
        raise RasaMissing(f"no Rasa environment at {python}; make it with: {MAKE_IT}")
    return python


def train_if_needed() -> None:
    subprocess.run([rasa_python(), RUNTIME / "train.py"], cwd=ROOT, check=True)


@contextmanager
def running_rasa(tracker_url: str, actions_url: str) -> Iterator[Rasa]:
    """Our Rasa, as the product starts it."""
    with _running(*program_of(tracker_url, actions_url)) as rasa:
        yield rasa


@contextmanager
def stock_rasa(tracker_url: str, actions_url: str, endpoints: Path) -> Iterator[Rasa]:
    """The same bot on Rasa as shipped: `rasa run`, its own REST channel, unpatched."""
    port, _ = free_port(5105)
    command = [rasa_python(), "-m", "rasa", "run", "--enable-api", "--port", str(port)]
    command += ["--interface", "127.0.0.1", "--endpoints", endpoints]
    command += ["--credentials", endpoints.with_name("credentials.yml")]
    command += ["--model", ROOT / "bot" / "models" / "aftercare.tar.gz"]
    # Its components must be found; nothing else of bot/runtime is loaded.
    env = {"PYTHONPATH": str(RUNTIME), "LOG_LEVEL": "ERROR"}
    with _running(*_program(command, port, tracker_url, actions_url, env)) as rasa:
        yield rasa


def program_of(tracker_url: str, actions_url: str) -> tuple[Program, str]:
    """Our Rasa on a free port, and its address."""
    port, _ = free_port(5105)
    return _program([rasa_python(), RUNTIME / "serve.py"], port, tracker_url, actions_url, {})


def _program(
    command: Sequence[object],
    port: int,
    tracker_url: str,
    actions_url: str,
    env: Mapping[str, str],
) -> tuple[Program, str]:
    url = f"http://127.0.0.1:{port}"
    told = {
        "RASA_PORT": str(port),
        "RASA_TRACKER_URL": tracker_url,
        "ACTIONS_URL": actions_url,
        "RASA_TELEMETRY_ENABLED": "false",
        **env,
    }
    words = [str(part) for part in command]
    return Program("rasa", words, env=told, ready=f"{url}/status", folder=ROOT), url


@contextmanager
def _running(program: Program, url: str) -> Iterator[Rasa]:
    with Together([program], quiet=True) as together, httpx.Client(timeout=60) as http:
        together.await_ready(READY_SECONDS)
        yield Rasa(url, http)


@contextmanager
def tracker_database(folder: Path) -> Iterator[str]:
    """A PostgreSQL of its own in `folder`; gives the address of Rasa's database."""
    server = Embedded.start(folder / "postgres", durable=False)
    try:
        server.create("rasa")
        yield server.rasa_url("rasa")
    finally:
        server.stop()


@contextmanager
def serving(app: FastAPI, port: int | None = None) -> Iterator[str]:
    """`app` on `port` or a free one, in a thread of its own; gives its address."""
    port = port or free_port(5155)[0]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 30
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise TimeoutError("the action server did not start")
        thread.join(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
