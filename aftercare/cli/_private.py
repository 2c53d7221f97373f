"""Files that name patients: only their owner can read them."""

import os
from pathlib import Path
from typing import IO


def write(path: Path, data: bytes) -> None:
    # A file under its own name is always whole.
    unfinished = path.with_suffix(".part")
    with opened(unfinished) as file:
        file.write(data)
    unfinished.replace(path)


def opened(path: Path) -> IO[bytes]:
    """A new file in the place of whatever was there."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
