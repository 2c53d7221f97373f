"""What the bot is trained from, where the model lies, and whether it is up to date."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Iterator

RUNTIME = Path(__file__).resolve().parent
ROOT = RUNTIME.parent.parent
CONFIG = ROOT / "config.yml"
ENDPOINTS = ROOT / "endpoints.yml"
DOMAIN = ROOT / "bot" / "domain"
DATA = ROOT / "bot" / "data"
MODELS = ROOT / "bot" / "models"
MODEL = MODELS / "aftercare.tar.gz"
TRAINED_FROM = MODELS / "aftercare.sha256"


def files() -> Iterator[Path]:
    """Every file a change in which makes another model."""
    yield CONFIG
    yield RUNTIME / "requirements.lock"
    for folder, pattern in ((DOMAIN, "*.yml"), (DATA, "*.yml"), (RUNTIME / "components", "*.py")):
        yield from sorted(folder.rglob(pattern))


def fingerprint() -> str:
    """A hash over names and contents of the inputs."""
    digest = hashlib.sha256()
    for path in files():
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def up_to_date() -> bool:
    """Was the model that lies there made from these very inputs?"""
    return (
        MODEL.exists()
        and TRAINED_FROM.exists()
        and TRAINED_FROM.read_text().strip() == fingerprint()
    )
