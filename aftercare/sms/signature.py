"""Whether a webhook really comes from Twilio."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import RequestValidator

BODY_HASH = "bodySHA256"


def signed(
    auth_token: str,
    url: str,
    params: Mapping[str, str],
    signature: str | None,
    body: bytes | None = None,
) -> bool:
    """Whether `signature` (X-Twilio-Signature) was made for this request with our token.

    `params` are the form's fields, blank and unknown ones included; a form parser's multi-value
    mapping (`getlist`) is understood, so repeated fields count. `body` is the raw body of a
    request that is not a form: it must be the one the URL's bodySHA256 names.
    """
    if not signature or not auth_token:
        return False
    validator = RequestValidator(auth_token)
    if body is None:
        return bool(validator.validate(url, params, signature))
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return False
    if BODY_HASH not in parse_qs(urlsplit(url).query):
        return False
    return bool(validator.validate(url, text, signature))


def public_url(settings_public_url: str, request_path_with_query: str) -> str:
    """The address Twilio called and signed, whatever proxy stands between it and us."""
    return settings_public_url.rstrip("/") + "/" + request_path_with_query.lstrip("/")
