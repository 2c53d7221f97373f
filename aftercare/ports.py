"""Finds a free port on this machine, and says who holds a taken one."""

import socket
from collections.abc import Collection
from contextlib import suppress

import psutil


def free_port(preferred: int, but: Collection[int] = ()) -> tuple[int, bool]:
    """The first free port from `preferred` on, and whether `preferred` was taken.

    `but` are ports promised to others, which do not listen on them yet.
    """
    for port in range(preferred, preferred + 100):
        if port not in but and not _taken(port):
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


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        # A port of a connection just closed is free; one that is listened on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False
