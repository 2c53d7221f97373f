"""The case managers' pages."""
