"""Reads the texts a webhook's answer asks to send back."""

from xml.etree import ElementTree


class NotTwiml(ValueError):
    """The answer is no TwiML document (Twilio's alert 12100)."""


def replies(content_type: str, document: str) -> list[str]:
    """The bodies of the messages in an answer; nothing for an empty one."""
    if not document.strip():
        return []
    if content_type.startswith("text/plain"):
        return [document]
    try:
        # Our own webhook on loopback wrote it.
        root = ElementTree.fromstring(document)  # noqa: S314
    except ElementTree.ParseError as error:
        raise NotTwiml(str(error)) from error
    if root.tag != "Response":
        raise NotTwiml(f"the root is {root.tag}, not Response")
    return [words for message in root.iter("Message") if (words := _words(message))]


def _words(message: ElementTree.Element) -> str:
    body = message.find("Body")
    return "".join((body if body is not None else message).itertext()).strip()
