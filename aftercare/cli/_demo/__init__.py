"""The demo: a stage with every real part running, and a day that is played on it."""
