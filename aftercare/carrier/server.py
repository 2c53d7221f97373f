"""Serves the stand-in carrier on loopback."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import uvicorn
from fastapi import FastAPI

from aftercare.carrier.app import create_app
from aftercare.carrier.config import CarrierConfig

HOST = "127.0.0.1"


def serve(config: CarrierConfig, port: int = 8010) -> None:
    """Serve until the process is told to end."""
    app = create_app(replace(config, api_base=f"http://{HOST}:{port}"))
    uvicorn.Server(_config(app, port)).run()


@contextmanager
def running(config: CarrierConfig, port: int = 0) -> Iterator[str]:
    """Serve in a thread of this process while the block runs; gives the address."""
    with socket.create_server((HOST, port)) as listener:
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        app = create_app(replace(config, api_base=address))
        server = uvicorn.Server(_config(app))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join()


def _config(app: FastAPI, port: int = 0) -> uvicorn.Config:
    # No access log: its lines would hold patients' numbers. A watching page never hangs up by
    # itself, so stopping does not wait for it.
    return uvicorn.Config(
        app,
        host=HOST,
        port=port,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
