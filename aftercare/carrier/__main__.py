"""`python -m aftercare.carrier`: the stand-in carrier as a program of its own."""

from pathlib import Path
from typing import Annotated

import typer

from aftercare.carrier.config import TEST_NUMBER, CarrierConfig, Delivery
from aftercare.carrier.server import serve
from aftercare.clock import ShiftedClock, SystemClock


def main(
    account_sid: Annotated[str, typer.Option(envvar="TWILIO_ACCOUNT_SID")],
    auth_token: Annotated[str, typer.Option(envvar="TWILIO_AUTH_TOKEN")],
    number: Annotated[str, typer.Option(envvar="TWILIO_FROM")] = TEST_NUMBER,
    messaging_service_sid: Annotated[str, typer.Option(envvar="TWILIO_MESSAGING_SERVICE_SID")] = "",
    webhook_url: str = "http://127.0.0.1:8000/webhooks/sms",
    public_url: Annotated[str, typer.Option(envvar="AFTERCARE_PUBLIC_URL")] = "",
    reached_at: Annotated[
        str, typer.Option(help="Where the public address is answered on this machine.")
    ] = "",
    console_url: Annotated[str, typer.Option(envvar="AFTERCARE_CONSOLE_URL")] = "",
    clock: Annotated[Path | None, typer.Option(envvar="AFTERCARE_CLOCK")] = None,
    opt_out: Annotated[bool, typer.Option(envvar="AFTERCARE_OPTOUT_BY_CARRIER")] = True,
    port: int = 8010,
) -> None:
    """Serve the stand-in carrier on 127.0.0.1, with the phones at /phones."""
    config = CarrierConfig(
        account_sid,
        auth_token,
        webhook_url,
        number=number or TEST_NUMBER,
        messaging_service_sid=messaging_service_sid or None,
        public_url=public_url or None,
        reached_at=reached_at or None,
        console_url=console_url or None,
        clock=ShiftedClock(clock) if clock else SystemClock(),
        handles_opt_out=opt_out,
        delivery=Delivery.PACED,
    )
    serve(config, port)


if __name__ == "__main__":
    typer.run(main)
