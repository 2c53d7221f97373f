"""Conversations through the trained, running Rasa."""
