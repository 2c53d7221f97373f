"""The stand-in for Twilio, with the patients' phones in a browser; never in production."""

from aftercare.carrier.app import create_app
from aftercare.carrier.config import CarrierConfig, Delivery, Order
from aftercare.carrier.faults import Fault, FaultKind
from aftercare.carrier.remote import Phones
from aftercare.carrier.server import running, serve

__all__ = [
    "CarrierConfig",
    "Delivery",
    "Fault",
    "FaultKind",
    "Order",
    "Phones",
    "create_app",
    "running",
    "serve",
]
