"""What Rasa answers, recorded, for the tests that run without it."""
