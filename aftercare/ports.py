"""Finds a free port on this machine, and says who holds a taken one."""

import socket
import sys
from contextlib import suppress

import psutil

_promised: dict[int, socket.socket | None] = {}
"""Ports handed out by this process, each with what keeps other Aftercares from it."""


def free_port(preferred: int) -> tuple[int, bool]:
    """The first free port from `preferred` on, and whether `preferred` was taken.

    It is promised until this process ends: a program that needs ten seconds before it
    listens finds it free, though another Aftercare was started meanwhile.
    """
    for port in range(preferred, preferred + 100):
        if not _taken(port) and _promise(port):
            return port, port != preferred
    raise OSError(f"no free port between {preferred} and {preferred + 99}")


def user_of(port: int) -> str:
    """Who listens on `port`, as far as the system tells: "nginx (process 812)"."""
    with suppress(psutil.Error):
        for connection in psutil.net_connections("inet"):
            listening = connection.status == psutil.CONN_LISTEN and connection.laddr
            if listening and connection.pid and listening.port == port:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    return "another program"


def _promise(port: int) -> bool:
    if port in _promised:
        return False
    if sys.platform != "linux":
        _promised[port] = None
        return True
    # A name in the kernel's abstract namespace: it goes when this process does.
    holder = socket.socket(socket.AF_UNIX)
    try:
        holder.bind(f"\0aftercare-port-{port}")
    except OSError:
        holder.close()
        return False
    _promised[port] = holder
    return True


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        # A port of a connection just closed is free; one that is listened on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False
