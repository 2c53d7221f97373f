"""What answers over HTTP: the carrier's webhooks and the case managers' console."""
