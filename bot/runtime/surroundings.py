"""Sets what Rasa and TensorFlow read from the environment; import it before them."""

import logging
import os
import warnings

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    # Rasa 3.6 meets the warnings of every library of its age; none is ours to mend.
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def prepare(threads: int) -> None:
    """Keep Rasa at home and quiet, and let it use `threads` cores."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, str(threads))
    os.environ.setdefault("TF_INTRA_OP_PARALLELISM_THREADS", str(threads))
    os.environ.setdefault("TF_INTER_OP_PARALLELISM_THREADS", "1")
    # Rasa's imports reset every filter, so what is never shown is the only thing that holds.
    warnings.showwarning = _unseen


def _unseen(*_: object, **__: object) -> None:
    """None of these libraries is ours to mend."""


def cores() -> int:
    """Those this process may use, which in a container are fewer than the machine's."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def hush() -> None:
    """Warnings and errors only. Rasa's debug lines, on by default, hold patients' words."""
    from rasa.utils.common import configure_logging_and_warnings
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings(log_level=logging.WARNING)
    configure_structlog(logging.WARNING)
