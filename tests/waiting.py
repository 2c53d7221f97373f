"""Waits for the end of a process, whoever started it."""

import os
import select


def ended(pid: int, within: float = 0) -> bool:
    """Whether the process ends in time; a zombie that nobody has reaped yet has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], within)[0])
    finally:
        os.close(handle)
