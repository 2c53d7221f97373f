"""Who is logged in: one row a browser, found by the hash of the cookie's secret."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, joinedload

from aftercare.models import Login, Staff

LONGEST = timedelta(hours=12)
"""A shift and its overtime; then one logs in again, active or not."""
TOUCH_EVERY = timedelta(seconds=30)


class LoggedOff(Exception):
    """There is no session, or it ended; `why` is `idle`, `long`, `ended` or empty."""

    def __init__(self, why: str = "") -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Visitor:
    """The member of staff behind a request, and the token their forms must carry."""

    staff: Staff
    login_id: UUID
    csrf: str

    @property
    def actor(self) -> str:
        """As the audit trail names them."""
        return f"staff:{self.staff.id}"


def begin(session: Session, now: datetime, staff: Staff, idle: timedelta) -> str:
    """Log `staff` in, and give the secret for the cookie; nobody can read it back."""
    session.execute(
        delete(Login).where(or_(Login.seen_at < now - idle, Login.created_at < now - LONGEST))
    )
    secret = secrets.token_urlsafe(32)
    session.add(
        Login(
            staff_id=staff.id,
            secret_hash=_hash(secret),
            csrf=secrets.token_urlsafe(32),
            created_at=now,
            seen_at=now,
        )
    )
    return secret


def visitor(
    session: Session, now: datetime, secret: str | None, idle: timedelta, *, active: bool
) -> Visitor:
    """Who holds `secret`. Only an `active` request postpones the log-off. Raises LoggedOff."""
    login = _login(session, secret)
    if login is None:
        raise LoggedOff("ended" if secret else "")
    if why := _over(login, now, idle):
        raise LoggedOff(why)
    if active and now - login.seen_at >= TOUCH_EVERY:
        login.seen_at = now
    return Visitor(login.staff, login.id, login.csrf)


def end(session: Session, login_id: UUID) -> None:
    session.execute(delete(Login).where(Login.id == login_id))


def _login(session: Session, secret: str | None) -> Login | None:
    if not secret:
        return None
    return session.scalar(
        select(Login)
        .join(Login.staff)
        .where(Login.secret_hash == _hash(secret), Staff.active)
        .options(joinedload(Login.staff).joinedload(Staff.team))
    )


def _over(login: Login, now: datetime, idle: timedelta) -> str:
    if now - login.seen_at >= idle:
        return "idle"
    return "long" if now - login.created_at >= LONGEST else ""


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
