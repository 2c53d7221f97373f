"""Serves the trained bot on loopback: `python bot/runtime/serve.py`.

Reads RASA_PORT (5005), RASA_TRACKER_URL, ACTIONS_URL and, for Rasa's API, RASA_TOKEN.
"""

import os
import sys

import surroundings

# One thread lowers the time of a single turn; turns run one after another anyway.
surroundings.prepare(threads=1)

import inputs  # noqa: E402

NEEDED = ("RASA_TRACKER_URL", "ACTIONS_URL")
LOOPBACK = "127.0.0.1"


def main() -> int:
    if missing := [name for name in NEEDED if not os.environ.get(name)]:
        print(f"Rasa cannot start: {', '.join(missing)} not set.", file=sys.stderr)
        return 2
    if not inputs.MODEL.exists():
        print("Rasa cannot start: no trained bot. Run: make train", file=sys.stderr)
        return 2
    os.chdir(inputs.ROOT)
    _serve(port=int(os.environ.get("RASA_PORT", "5005")))
    return 0


def _serve(port: int) -> None:
    from functools import partial

    import quick
    import whole_turns
    from channel import ProductChannel
    from rasa.core.run import close_resources, configure_app, load_agent_on_start
    from rasa.core.utils import AvailableEndpoints

    surroundings.hush()
    quick.apply()
    whole_turns.apply()
    endpoints = AvailableEndpoints.read_endpoints(str(inputs.ENDPOINTS))
    app = configure_app(
        [ProductChannel()],
        auth_token=os.environ.get("RASA_TOKEN") or None,
        port=port,
        endpoints=endpoints,
    )
    app.register_listener(
        partial(load_agent_on_start, str(inputs.MODEL), endpoints, None), "before_server_start"
    )
    app.register_listener(close_resources, "after_server_stop")
    print(f"Rasa listens on http://{LOOPBACK}:{port}", flush=True)
    app.run(host=LOOPBACK, port=port, access_log=False, motd=False, workers=1)


if __name__ == "__main__":
    sys.exit(main())
