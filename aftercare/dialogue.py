"""Asks Rasa, over loopback: a text goes in, what its actions did is in the database."""

from dataclasses import dataclass

import httpx

from aftercare.turns import DialogueUnavailable


@dataclass(frozen=True)
class Rasa:
    """A running Rasa. `conversation` is the opaque patient id, never a phone number."""

    client: httpx.Client
    token: str = ""

    def ask(self, conversation: str, text: str, message_id: str) -> list[str]:
        said = self._post(
            "/webhooks/rest/webhook",
            {"sender": conversation, "message": text, "metadata": {"message_id": message_id}},
        )
        return _texts(said)

    def begin(self, conversation: str, check_in: str) -> list[str]:
        said = self._post(
            f"/conversations/{conversation}/trigger_intent",
            {"name": "EXTERNAL_check_in", "entities": {"check_in": check_in}},
        )
        return _texts(said.get("messages", []) if isinstance(said, dict) else said)

    def ready(self) -> bool:
        """Whether a trained model is loaded."""
        try:
            return self.client.get("/status", params=self._auth()).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def _post(self, path: str, body: dict[str, object]) -> object:
        try:
            answer = self.client.post(path, json=body, params=self._auth())
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            # The error's own text would name the address with the conversation in it.
            raise DialogueUnavailable(type(error).__name__) from None

    def _auth(self) -> dict[str, str]:
        return {"token": self.token} if self.token else {}


def _texts(said: object) -> list[str]:
    if not isinstance(said, list):
        raise DialogueUnavailable("unexpected answer")
    return [str(row["text"]) for row in said if isinstance(row, dict) and row.get("text")]
