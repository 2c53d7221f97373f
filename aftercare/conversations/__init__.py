"""What Rasa's actions ask of the product, and how waiting texts reach Rasa."""

from aftercare.conversations.talking import Talk, wake
from aftercare.conversations.turning import Conversations

__all__ = ["Conversations", "Talk", "wake"]
