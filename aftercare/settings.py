"""Every setting, read from the environment once; incomplete settings refuse to start."""

import os
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from datetime import time
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
"""The checkout: where content/, locales/, bot/ and var/ lie."""


class Settings(BaseSettings):
    """What the hospital decides. Each field's description is its line in the docs."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", populate_by_name=True)

    env: Literal["development", "test", "production"] = Field(
        "development",
        alias="AFTERCARE_ENV",
        description="`production` refuses the stand-in carrier and unreviewed critical text",
    )
    var: Path = Field(
        ROOT / "var", alias="AFTERCARE_VAR", description="Folder for the embedded database and keys"
    )
    database_url: str = Field(
        "",
        alias="DATABASE_URL",
        description="PostgreSQL address; empty starts the embedded server",
    )
    keys: SecretStr = Field(
        SecretStr(""),
        alias="AFTERCARE_KEYS",
        description="Encryption keys `id:base64`, comma-separated; the first one writes",
    )
    lookup_key: SecretStr = Field(
        SecretStr(""),
        alias="AFTERCARE_LOOKUP_KEY",
        description="Key of the hashes that find a phone number or MRN (base64, 32 bytes)",
    )
    hospital: str = Field(
        "Aftercare", alias="AFTERCARE_HOSPITAL", description="Short sender name in texts"
    )
    nurse_line: str = Field(
        "", alias="AFTERCARE_NURSE_LINE", description="Number patients can call at any hour"
    )
    emergency_number: str = Field(
        "911", alias="AFTERCARE_EMERGENCY_NUMBER", description="The country's emergency number"
    )
    crisis_number: str = Field(
        "988", alias="AFTERCARE_CRISIS_NUMBER", description="The country's suicide crisis line"
    )
    country: str = Field(
        "US", alias="AFTERCARE_COUNTRY", description="Region that numbers without +… belong to"
    )
    public_url: str = Field(
        "",
        alias="AFTERCARE_PUBLIC_URL",
        description="Public https address of the webhooks, as Twilio signs it",
    )
    console_url: str = Field(
        "http://127.0.0.1:8000",
        alias="AFTERCARE_CONSOLE_URL",
        description="Address of the console that pages link to",
    )
    twilio_account_sid: str = Field("", alias="TWILIO_ACCOUNT_SID", description="Twilio account")
    twilio_auth_token: SecretStr = Field(
        SecretStr(""), alias="TWILIO_AUTH_TOKEN", description="Signs webhooks, sends texts"
    )
    twilio_messaging_service_sid: str = Field(
        "", alias="TWILIO_MESSAGING_SERVICE_SID", description="Messaging Service to send from"
    )
    twilio_from: str = Field(
        "", alias="TWILIO_FROM", description="Number to send from when there is no service"
    )
    twilio_api_base: str = Field(
        "", alias="TWILIO_API_BASE", description="Address of the stand-in carrier; never production"
    )
    optout_by_carrier: bool = Field(
        True,
        alias="AFTERCARE_OPTOUT_BY_CARRIER",
        description="Twilio itself answers STOP, START and HELP (its default)",
    )
    rasa_url: str = Field("http://127.0.0.1:5005", alias="RASA_URL", description="Rasa's address")
    rasa_token: SecretStr = Field(
        SecretStr(""), alias="RASA_TOKEN", description="Rasa's API token, when it has one"
    )
    rasa_timeout: float = Field(
        8.0, alias="RASA_TIMEOUT", description="Seconds to wait for Rasa's answer"
    )
    rasa_tracker_url: str = Field(
        "",
        alias="RASA_TRACKER_URL",
        description="PostgreSQL address of Rasa's tracker store; empty: the embedded server",
    )
    actions_url: str = Field(
        "http://127.0.0.1:5055", alias="ACTIONS_URL", description="The action server's address"
    )
    page_urls: SecretStr = Field(
        SecretStr(""),
        alias="AFTERCARE_PAGE_URLS",
        description="Apprise addresses paged for every emergency, comma-separated",
    )
    quiet_from: time = Field(
        time(20), alias="AFTERCARE_QUIET_FROM", description="Proactive texts end, patient's zone"
    )
    quiet_until: time = Field(
        time(9), alias="AFTERCARE_QUIET_UNTIL", description="Proactive texts begin, patient's zone"
    )
    daily_cap: int = Field(
        30, alias="AFTERCARE_DAILY_CAP", description="Texts to one patient in a day, flags exempt"
    )
    segments_per_second: float = Field(
        10.0, alias="AFTERCARE_SEGMENTS_PER_SECOND", description="The sender's pace"
    )
    session_minutes: int = Field(
        15, alias="AFTERCARE_SESSION_MINUTES", description="Console logs off after this idle time"
    )
    clock: Path | None = Field(
        None, alias="AFTERCARE_CLOCK", description="File that shifts the clock; never production"
    )

    @model_validator(mode="after")
    def _complete(self) -> Self:
        wrong = list(_missing(self))
        if self.env == "production":
            wrong += _unfit_for_production(self)
        if wrong:
            raise ValueError("\n".join(wrong))
        return self


def load(
    environ: Mapping[str, str] | None = None, defaults: Mapping[str, str] | None = None
) -> Settings:
    """The settings of this process; `defaults` hold where the environment says nothing.

    Outside production, the keys are made once and kept in
    `AFTERCARE_VAR/keys.env`, so that a first start needs no preparation.
    Raises SystemExit with one line per variable that is missing or wrong.
    """
    env = dict(defaults or {}) | dict(os.environ if environ is None else environ)
    if env.get("AFTERCARE_ENV", "development") != "production":
        env = _development_keys(env) | env
    try:
        return Settings.model_validate({k: v for k, v in env.items() if k in variables()})
    except ValidationError as error:
        raise SystemExit("Aftercare cannot start:\n" + "\n".join(_lines(error))) from None


def variables() -> dict[str, str]:
    """Each environment variable and what it means."""
    return {str(field.alias): str(field.description) for field in Settings.model_fields.values()}


def environment(settings: Settings) -> dict[str, str]:
    """The variables that give another program of ours these settings."""
    told = {}
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if value is not None:
            told[str(field.alias)] = value.isoformat() if isinstance(value, time) else str(value)
    return told


def _missing(settings: Settings) -> list[str]:
    needed = {
        "AFTERCARE_KEYS": settings.keys.get_secret_value(),
        "AFTERCARE_LOOKUP_KEY": settings.lookup_key.get_secret_value(),
    }
    if settings.env == "production":
        needed |= {
            "DATABASE_URL": settings.database_url,
            "RASA_TRACKER_URL": settings.rasa_tracker_url,
            "AFTERCARE_HOSPITAL": "" if settings.hospital == "Aftercare" else settings.hospital,
            "AFTERCARE_NURSE_LINE": settings.nurse_line,
            "AFTERCARE_PUBLIC_URL": settings.public_url,
            "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
            "TWILIO_AUTH_TOKEN": settings.twilio_auth_token.get_secret_value(),
            "TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM": settings.twilio_messaging_service_sid
            or settings.twilio_from,
        }
    return [f"{name} is missing: {_meaning(name)}" for name, value in needed.items() if not value]


def _unfit_for_production(settings: Settings) -> list[str]:
    wrong = []
    if settings.twilio_api_base:
        wrong.append("TWILIO_API_BASE names a stand-in carrier: remove it in production")
    if settings.clock:
        wrong.append("AFTERCARE_CLOCK shifts the time: remove it in production")
    if settings.public_url and not settings.public_url.startswith("https://"):
        wrong.append("AFTERCARE_PUBLIC_URL must begin with https:// in production")
    return wrong


def _meaning(name: str) -> str:
    first = name.split(" or ", maxsplit=1)[0]
    return variables().get(first, "").lower() or "see docs/operations.md"


def _lines(error: ValidationError) -> list[str]:
    lines = []
    for item in error.errors():
        where = ".".join(str(part) for part in item["loc"])
        message = item["msg"].removeprefix("Value error, ")
        lines += [f"  {where + ': ' if where else ''}{part}" for part in message.splitlines()]
    return lines


def _development_keys(environ: Mapping[str, str]) -> dict[str, str]:
    file = Path(environ.get("AFTERCARE_VAR", ROOT / "var")) / "keys.env"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = {
            "AFTERCARE_KEYS": f"k1:{new_key()}",
            "AFTERCARE_LOOKUP_KEY": new_key(),
            "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
            "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        }
        _write_private(file, "".join(f"{k}={v}\n" for k, v in made.items()))
    pairs = (line.split("=", 1) for line in file.read_text().splitlines() if "=" in line)
    return dict(pairs)


def _write_private(file: Path, text: str) -> None:
    # Linked into place: of two processes starting together one wins, neither reads half a file.
    pending = file.with_name(f"{file.name}.{os.getpid()}")
    handle = os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text)
    with suppress(FileExistsError):
        os.link(pending, file)
    pending.unlink()


def new_key() -> str:
    """A fresh 32-byte key in base64."""
    return urlsafe_b64encode(secrets.token_bytes(32)).decode()


def key_bytes(text: str) -> bytes:
    """The 32 bytes of a base64 key. Raises ValueError when they are not 32."""
    raw = urlsafe_b64decode(text)
    if len(raw) != 32:
        raise ValueError("an encryption key is 32 bytes in base64")
    return raw
