"""What Rasa's rules call: read the tracker, ask the product once, return events and texts."""
