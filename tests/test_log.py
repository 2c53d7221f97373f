"""Logs carry ids and events; a patient's name, number and words stay out of them."""

import http.server
import io
import json
import logging
import threading
from collections.abc import Iterator

import httpx
import pytest
import structlog
from sqlalchemy import create_engine

from aftercare import log

PHONE = "+15005550006"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    written = io.StringIO()
    log.set_up("production", written)
    yield written
    structlog.reset_defaults()


@pytest.fixture
def server() -> Iterator[str]:
    httpd = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()


def only(lines: io.StringIO) -> dict[str, object]:
    (line,) = lines.getvalue().splitlines()
    return dict(json.loads(line))


def test_an_event_is_one_json_line_with_its_ids_and_the_time_in_utc(lines: io.StringIO) -> None:
    structlog.get_logger().info("text_stored", message_id="m1")
    written = only(lines)
    assert (written["event"], written["message_id"]) == ("text_stored", "m1")
    assert str(written["timestamp"]).endswith("Z")


@pytest.mark.parametrize("key", sorted(log.WITHHELD))
def test_what_is_named_like_patient_data_is_left_out_and_named(
    lines: io.StringIO, key: str
) -> None:
    structlog.get_logger().info("text_stored", **{key: "private words"})
    assert only(lines)["withheld"] == [key]
    assert "private words" not in lines.getvalue()


@pytest.mark.parametrize(
    "number",
    [
        *("+15005550006", "%2B15005550006", "+1 500 555 0006", "+44 7700 900123"),
        *("(500) 555-0006", "500-555-0006", "500 555 0006", "5005550006"),
    ],
)
def test_a_phone_number_inside_a_sentence_is_blotted_out(lines: io.StringIO, number: str) -> None:
    structlog.get_logger().warning(f"no route for {number} today", reason=f"to={number}")
    assert only(lines)["event"] == "no route for [number] today"
    assert number not in lines.getvalue()


@pytest.mark.parametrize(
    "identifier",
    [
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "SM0123456789abcdef0123456789abcdef",
        "2026-11-22T00:00:40Z",
        "127.0.0.1:8000",
    ],
)
def test_ids_and_times_stay_readable(lines: io.StringIO, identifier: str) -> None:
    structlog.get_logger().info("seen", reference=identifier)
    assert only(lines)["reference"] == identifier


def test_an_error_is_logged_by_type_and_place_and_not_by_its_words(lines: io.StringIO) -> None:
    try:
        raise ValueError("cannot read: my chest hurts")
    except ValueError:
        structlog.get_logger().exception("turn_failed", message_id="m1")
    written = only(lines)
    assert written["error"] == "ValueError"
    assert "test_log.py" in str(written["at"])
    assert "chest" not in lines.getvalue()


def test_an_error_that_a_library_logs_keeps_its_words_back_too(lines: io.StringIO) -> None:
    try:
        raise ValueError("cannot read: my chest hurts")
    except ValueError:
        logging.getLogger("procrastinate.worker").exception("Job ended")
    assert only(lines)["error"] == "ValueError"
    assert "chest" not in lines.getvalue()


def test_a_request_with_a_number_in_its_address_is_not_printed(
    lines: io.StringIO, server: str
) -> None:
    httpx.get(f"{server}/Messages?To={PHONE}", trust_env=False)
    assert lines.getvalue() == ""


def test_statements_and_their_parameters_are_not_printed(lines: io.StringIO) -> None:
    with create_engine("sqlite://").connect() as connection:
        connection.exec_driver_sql("SELECT ?", (PHONE,))
    assert lines.getvalue() == ""


@pytest.mark.parametrize("library", ["uvicorn.access", "twilio.http_client", "apprise"])
def test_what_these_libraries_say_of_a_request_is_not_printed(
    lines: io.StringIO, library: str
) -> None:
    logging.getLogger(library).info("POST /webhooks/sms?Body=my+chest+hurts")
    assert lines.getvalue() == ""


def test_a_library_that_brought_its_own_handler_speaks_through_ours(lines: io.StringIO) -> None:
    past_ours = io.StringIO()
    logging.getLogger("uvicorn").addHandler(logging.StreamHandler(past_ours))
    log.set_up("production", lines)
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    assert past_ours.getvalue() == ""
    assert only(lines)["event"] == "Invalid HTTP request received."


def test_outside_production_lines_are_for_people() -> None:
    written = io.StringIO()
    log.set_up("development", written)
    structlog.get_logger().info("text_stored", message_id="m1", phone=PHONE)
    structlog.reset_defaults()
    assert "text_stored" in written.getvalue()
    assert "message_id=m1" in written.getvalue()
    assert PHONE not in written.getvalue()
