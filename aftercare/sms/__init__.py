"""The only package that talks to Twilio."""

from aftercare.sms.failures import FailureKind, Retry, SendFailed, Tell, failure_of
from aftercare.sms.signature import public_url, signed
from aftercare.sms.status import is_final, progress
from aftercare.sms.twilio import Received, Sent, Twilio

__all__ = [
    "FailureKind",
    "Received",
    "Retry",
    "SendFailed",
    "Sent",
    "Tell",
    "Twilio",
    "failure_of",
    "is_final",
    "progress",
    "public_url",
    "signed",
]
