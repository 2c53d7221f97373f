"""Leaves word in `var/` of where the running programs listen, for commands typed beside them."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

ADDRESSES = ("ACTIONS_URL", "AFTERCARE_CONSOLE_URL", "RASA_URL", "TWILIO_API_BASE", "TWILIO_FROM")


@contextmanager
def announced(var: Path, env: Mapping[str, str]) -> Iterator[None]:
    """While the block runs, `whereabouts(var)` gives the addresses among `env`."""
    file = _file(var)
    addresses = {name: env[name] for name in ADDRESSES if env.get(name)}
    file.write_text(json.dumps({"pid": os.getpid(), "addresses": addresses}))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def whereabouts(var: Path) -> dict[str, str]:
    """The addresses last announced, or none when whoever announced them is gone."""
    try:
        said = json.loads(_file(var).read_text())
    except FileNotFoundError:
        return {}
    return dict(said["addresses"]) if psutil.pid_exists(said["pid"]) else {}


def _file(var: Path) -> Path:
    return var / "running.json"
