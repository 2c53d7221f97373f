"""The bot: Rasa's data, its runtime, and the product's side of its actions."""
