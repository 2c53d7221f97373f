"""The forms of Twilio's webhooks, field by field."""

from aftercare.carrier.config import CarrierConfig
from aftercare.carrier.keywords import OptOut
from aftercare.carrier.ledger import Text

API_VERSION = "2010-04-01"


def of_inbound(text: Text, config: CarrierConfig, asked: OptOut | None) -> dict[str, str]:
    """An incoming text. Blank fields are sent and signed, as Twilio does."""
    params = {
        "ToCountry": "US",
        "ToState": "",
        "ToCity": "",
        "ToZip": "",
        "FromCountry": "US",
        "FromState": "NY",
        "FromCity": "NEW YORK",
        "FromZip": "10001",
        "SmsMessageSid": text.sid,
        "SmsSid": text.sid,
        "MessageSid": text.sid,
        "SmsStatus": "received",
        "AccountSid": config.account_sid,
        "From": text.sender,
        "To": text.to,
        "Body": text.body,
        "NumSegments": str(text.segments),
        "NumMedia": str(len(text.media)),
        "ApiVersion": API_VERSION,
    }
    if text.service:
        params["MessagingServiceSid"] = text.service
    if asked and config.tells_opt_out:
        params["OptOutType"] = asked.value
    for n, media in enumerate(text.media):
        params[f"MediaUrl{n}"] = config.api_base + media_path(text, media.sid, config)
        params[f"MediaContentType{n}"] = media.content_type
    return params


def of_callback(text: Text, config: CarrierConfig) -> dict[str, str]:
    """A text's new status."""
    params = {
        "MessageSid": text.sid,
        "MessageStatus": text.status,
        "SmsSid": text.sid,
        "SmsStatus": text.status,
        "AccountSid": config.account_sid,
        "From": text.sender,
        "To": text.to,
        "ApiVersion": API_VERSION,
    }
    if text.service:
        params["MessagingServiceSid"] = text.service
    if text.error_code:
        params["ErrorCode"] = str(text.error_code)
    if text.status == "delivered":
        params["RawDlrDoneDate"] = text.updated.strftime("%y%m%d%H%M")
    return params


def media_path(text: Text, sid: str, config: CarrierConfig) -> str:
    """Where a text's picture lies; with `.json`, what is known of it."""
    return f"{message_path(text, config)}/Media/{sid}"


def message_path(text: Text, config: CarrierConfig) -> str:
    """Where a text lies, without its `.json`."""
    return f"/{API_VERSION}/Accounts/{config.account_sid}/Messages/{text.sid}"
