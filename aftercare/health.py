"""What has to be right for the product to work, checked one thing at a time."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import apprise
import httpx
import psycopg
from sqlalchemy import text

from aftercare.clock import Clock, SystemClock
from aftercare.crypto import key_ring
from aftercare.db import Database
from aftercare.programs import Databases, missing_parts
from aftercare.settings import ROOT, Settings
from aftercare.sms import FailureKind, SendFailed, Twilio

MOST_SKEW = 2.0
"""Seconds our clock may stand from the database's before an escalation's clock misleads."""
MOST_SILENCE = 60.0
"""Seconds after which a worker that gave no sign of life counts as gone."""
NO_MESSAGE = "SM" + "0" * 32
"""A well-formed sid that no account has: asking for it proves the credentials only."""


class State(StrEnum):
    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Finding:
    """What one check saw, and for a failure how to mend it."""

    check: str
    state: State
    detail: str
    mend: str = ""


@dataclass(frozen=True)
class Installation:
    """What is examined."""

    settings: Settings
    databases: Databases
    clock: Clock = SystemClock()  # noqa: RUF009 it has no state


class Unwell(Exception):
    """A check failed: what was seen, and how to mend it."""

    def __init__(self, detail: str, mend: str) -> None:
        super().__init__(detail)
        self.mend = mend


class NotUsed(Exception):
    """There is nothing to check here, and why."""


MIGRATE = "run: aftercare up (it migrates the database)"

type Check = Callable[[Installation], str]


def examine(installation: Installation) -> Iterator[Finding]:
    """Every check's finding, one after the other."""
    for check in CHECKS:
        yield _finding(check, installation)


def _finding(check: Check, installation: Installation) -> Finding:
    name = check.__name__.replace("_", " ")
    try:
        return Finding(name, State.OK, check(installation))
    except NotUsed as why:
        return Finding(name, State.SKIPPED, str(why))
    except Unwell as failure:
        return Finding(name, State.FAILED, str(failure), failure.mend)
    except Exception as error:  # noqa: BLE001 one broken part must not hide the others
        told = f"{type(error).__name__}: {str(error).partition('\n')[0]}"
        return Finding(name, State.FAILED, told, "see the logs, and docs/operations.md")


def settings(of: Installation) -> str:
    return f"complete, for {of.settings.env}"


def keys(of: Installation) -> str:
    try:
        ring = key_ring(of.settings)
    except ValueError as error:
        mend = "AFTERCARE_KEYS is `id:base64,…`, each 32 bytes; AFTERCARE_LOOKUP_KEY likewise"
        raise Unwell(f"unreadable ({error})", mend) from None
    others = len(ring.ciphers) - 1
    return f"{ring.current} seals" + (f", {others} older can still open" if others else "")


def database(of: Installation) -> str:
    opened = Database(of.databases.product, pool_size=1)
    try:
        present, newest = opened.revision()
    finally:
        opened.close()
    if present != newest:
        raise Unwell(f"at revision {present}, not {newest}", MIGRATE)
    kind = "" if of.settings.database_url else "embedded "
    return f"{kind}PostgreSQL {_ask(of, 'SHOW server_version')}, migrated"


def tracker_store(of: Installation) -> str:
    with psycopg.connect(of.databases.tracker, connect_timeout=5) as connection:
        connection.execute("SELECT 1")
    return "reachable"


def clock(of: Installation) -> str:
    theirs = _moment(_ask(of, "SELECT clock_timestamp()"))
    skew = abs((of.clock.now() - theirs).total_seconds())
    if skew > MOST_SKEW:
        raise Unwell(f"{skew:.0f} s from the database's", "keep both machines in time with NTP")
    return f"{skew:.1f} s from the database's"


def worker(of: Installation) -> str:
    if _ask(of, "SELECT to_regclass('procrastinate_workers')") is None:
        raise Unwell("its tables are missing", MIGRATE)
    silent = _ask(
        of, "SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers"
    )
    if silent is None:
        raise Unwell("none runs", "start it: aftercare worker")
    if float(str(silent)) > MOST_SILENCE:
        raise Unwell(f"silent for {silent:.0f} s", "start it: aftercare worker")
    return f"gave a sign of life {silent:.0f} s ago"


def trained_bot(of: Installation) -> str:
    if missing := missing_parts():
        detail, _, mend = missing[0].partition(": ")
        raise Unwell(detail, mend)
    return "installed and trained"


def rasa(of: Installation) -> str:
    token = of.settings.rasa_token.get_secret_value()
    mend = "start it with aftercare up, which says why if it cannot"
    return _answers(f"{of.settings.rasa_url}/status", mend, {"token": token} if token else {})


def action_server(of: Installation) -> str:
    return _answers(of.settings.actions_url + "/health", "start it: aftercare actions")


def twilio(of: Installation) -> str:
    chosen = of.settings
    sender = chosen.twilio_messaging_service_sid or chosen.twilio_from
    if not sender:
        raise NotUsed("no sender is set (TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM)")
    account = Twilio(
        chosen.twilio_account_sid,
        chosen.twilio_auth_token.get_secret_value(),
        messaging_service_sid=chosen.twilio_messaging_service_sid,
        from_number=chosen.twilio_from,
        api_base=chosen.twilio_api_base,
    )
    try:
        account.fetch(NO_MESSAGE)
    except SendFailed as failure:
        return _account(failure, stand_in=bool(chosen.twilio_api_base))
    return "the account answers"


def pager(of: Installation) -> str:
    urls = [url.strip() for url in of.settings.page_urls.get_secret_value().split(",")]
    if not any(urls):
        raise NotUsed("AFTERCARE_PAGE_URLS is empty: emergencies show in the console only")
    wrong = sum(not apprise.Apprise().add(url) for url in urls)
    if wrong:
        raise Unwell(f"{wrong} of {len(urls)} addresses are not Apprise addresses", PAGER_MEND)
    return f"{len(urls)} addresses (aftercare does not page them to try)"


PAGER_MEND = "correct AFTERCARE_PAGE_URLS: https://github.com/caronc/apprise/wiki"


def content(of: Installation) -> str:
    # As a command of its own: it reads every file, and prints what is wrong with which.
    checked = subprocess.run(
        [sys.executable, "-m", "aftercare", "content", "check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if checked.returncode:
        said = checked.stdout.strip().splitlines() or [f"exit code {checked.returncode}"]
        raise Unwell(said[-1], "run: aftercare content check")
    return "complete"


CHECKS: tuple[Check, ...] = (
    settings,
    keys,
    database,
    tracker_store,
    clock,
    worker,
    trained_bot,
    rasa,
    action_server,
    twilio,
    pager,
    content,
)


def _answers(address: str, mend: str, params: dict[str, str] | None = None) -> str:
    try:
        answer = httpx.get(address, params=params, timeout=5, trust_env=False)
    except httpx.TransportError as error:
        raise Unwell(f"{address} does not answer ({type(error).__name__})", mend) from None
    if answer.status_code == httpx.codes.CONFLICT:  # how Rasa says that it has no model
        raise Unwell("no trained bot is loaded", "run: make train")
    if not answer.is_success:
        raise Unwell(f"{address} answers {answer.status_code}", mend)
    return f"answers at {address}"


def _account(failure: SendFailed, *, stand_in: bool) -> str:
    # 404 is the right answer: the account is ours, and there is no such message in it.
    if failure.kind is FailureKind.MISCONFIGURED and failure.code == 20404:
        return "the stand-in carrier answers" if stand_in else "the account answers"
    if failure.kind is FailureKind.AUTH:
        mend = "copy TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN from Twilio's console again"
        raise Unwell("the credentials are refused", mend)
    raise Unwell(str(failure), "see status.twilio.com, and this machine's way to the internet")


def _ask(of: Installation, question: str) -> object:
    opened = Database(of.databases.product, pool_size=1)
    try:
        with opened.engine.connect() as connection:
            return connection.scalar(text(question))
    finally:
        opened.close()


def _moment(value: object) -> datetime:
    if not isinstance(value, datetime):
        raise TypeError(f"the database gave {type(value).__name__}, not a time")
    return value
