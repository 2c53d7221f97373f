"""`python -m aftercare.carrier`: the stand-in carrier alone, for trying things."""

from typing import Annotated

import typer

from aftercare.carrier.config import CarrierConfig, Delivery
from aftercare.carrier.server import serve


def main(
    account_sid: Annotated[str, typer.Option(envvar="TWILIO_ACCOUNT_SID")],
    auth_token: Annotated[str, typer.Option(envvar="TWILIO_AUTH_TOKEN")],
    webhook_url: str = "http://127.0.0.1:8000/webhooks/sms",
    port: int = 8010,
) -> None:
    """Serve the stand-in carrier on 127.0.0.1, with the phones at /phones."""
    serve(CarrierConfig(account_sid, auth_token, webhook_url, delivery=Delivery.PACED), port)


if __name__ == "__main__":
    typer.run(main)
