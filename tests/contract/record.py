"""Records Rasa again: `python -m tests.contract.record [TEXT …]`, with the texts to add."""

import sys

from tests.contract.recorder import recorder
from tests.contract.records import load, save


def main(added: list[str]) -> None:
    texts = sorted({*load(), *added})
    with recorder() as tape:
        save(tape.record(text) for text in texts)
    sys.stdout.write(f"{len(texts)} texts recorded.\n")


if __name__ == "__main__":
    main(sys.argv[1:])
