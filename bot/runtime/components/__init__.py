"""NLU components that config.yml names."""
