"""A real browser on a real console. Skipped, with the reason, where there is no browser."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, sync_playwright

from tests.clinic_seed import KIM, PASSWORD
from tests.console_setup import Desk

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Console:
    """The console as a browser reaches it, with the clinic behind it."""

    address: str
    desk: Desk


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs Chromium on the PATH (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def console(desk: Desk) -> Iterator[Console]:
    app = desk.browser.app
    assert isinstance(app, FastAPI)
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{port}"
    _await(address)
    yield Console(address, desk)
    server.should_exit = True
    thread.join()


@pytest.fixture
def laptop(chromium: Browser, console: Console) -> Iterator[Page]:
    """Kim at her desk, logged in, the queue before her."""
    yield from _kim_at(chromium, console, 1366, 900)


@pytest.fixture
def phone(chromium: Browser, console: Console) -> Iterator[Page]:
    """Kim in the corridor, on her phone."""
    yield from _kim_at(chromium, console, 390, 844)


def _kim_at(chromium: Browser, console: Console, width: int, height: int) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": width, "height": height}, locale="en-US")
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda said: complaints.append(said.text) if "Content Security" in said.text else None,
    )
    page.goto(f"{console.address}/login")
    page.get_by_label("Email address").fill(KIM)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{console.address}/")
    yield page
    context.close()
    assert complaints == []


def _await(address: str) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/health", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError(f"the console did not start at {address}")
