"""The stand-in carrier is never for real: not in production, nor beyond this machine."""

import subprocess
import sys

import httpx
import pytest

from aftercare.carrier import CarrierConfig, create_app
from aftercare.carrier.config import ForbiddenInProduction
from tests.carrier_setup import ACCOUNT, TOKEN, config_for

pytest_plugins = ["tests.carrier_setup"]


def test_it_cannot_stand_in_for_twilio_in_production(monkeypatch, care_line):
    monkeypatch.setenv("AFTERCARE_ENV", "production")
    with pytest.raises(ForbiddenInProduction):
        create_app(config_for(care_line))


def test_its_program_refuses_production_and_says_why():
    asked = [sys.executable, "-m", "aftercare.carrier", "--port", "0"]
    env = {"AFTERCARE_ENV": "production", "TWILIO_ACCOUNT_SID": "AC", "TWILIO_AUTH_TOKEN": "x"}
    ended = subprocess.run(asked, env=env, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "cannot run with AFTERCARE_ENV=production" in " ".join(ended.stderr.split())


def test_it_calls_nobody_beyond_this_machine(care_line):
    with pytest.raises(ValueError, match="loopback only"):
        create_app(CarrierConfig(ACCOUNT, TOKEN, "https://aftercare.example/webhooks/sms"))


def test_a_web_page_elsewhere_cannot_reach_it_by_another_name(address):
    answer = httpx.get(f"{address}/phones/state", headers={"Host": "evil.example"})
    assert answer.status_code == 400
