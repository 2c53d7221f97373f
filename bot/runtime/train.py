"""Trains the bot, if what it is made from has changed: `python bot/runtime/train.py`."""

import os
import sys
import time

import surroundings

surroundings.prepare(threads=surroundings.cores())

import inputs  # noqa: E402


def main() -> int:
    if inputs.up_to_date() and "--force" not in sys.argv:
        print("The bot is up to date.")
        return 0
    started = time.monotonic()
    print("Training the bot (three to six minutes; only when its examples change) …", flush=True)
    os.chdir(inputs.ROOT)
    made_from = inputs.fingerprint()
    from rasa.model_training import train

    surroundings.hush()
    result = train(
        domain=str(inputs.DOMAIN),
        config=str(inputs.CONFIG),
        training_files=str(inputs.DATA),
        output=str(inputs.MODELS),
        fixed_model_name=inputs.MODEL.name.split(".")[0],
        force_training=True,
    )
    if result.code != 0 or not inputs.MODEL.exists():
        print("Training failed; the lines above say why.", file=sys.stderr)
        return 1
    inputs.TRAINED_FROM.write_text(made_from + "\n")
    _prune()
    print(f"The bot is trained ({time.monotonic() - started:.0f} s).")
    return 0


def _prune() -> None:
    for old in inputs.MODELS.glob("*.tar.gz"):
        if old != inputs.MODEL:
            old.unlink()


if __name__ == "__main__":
    sys.exit(main())
