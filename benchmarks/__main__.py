"""`make bench`: runs every measurement and prints it."""

from benchmarks import turns

if __name__ == "__main__":
    turns.main()
