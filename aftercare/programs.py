"""Which programs make up the product on one machine, and what each of them is told."""

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from aftercare.ports import free_port, user_of
from aftercare.postgres import Embedded
from aftercare.processes import Program
from aftercare.settings import ROOT, Settings, environment

RASA_PYTHON = ROOT / "bot" / "runtime" / ".venv" / "bin" / "python"
RASA_SERVER = ROOT / "bot" / "runtime" / "serve.py"
RASA_INHERITS = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "PATH", "TMPDIR")
HOST = "127.0.0.1"
CARRIER_NUMBER = "+15005550006"
"""The number Twilio reserves for tests; the stand-in carrier sends from it."""

type Tell = Callable[[str], object]


@dataclass(frozen=True)
class Ports:
    """Where each program listens on this machine."""

    web: int = 8000
    rasa: int = 5005
    actions: int = 5055
    carrier: int = 8010

    @classmethod
    def of(cls, settings: Settings, web: int = 8000) -> "Ports":
        """The ports that the settings name."""
        rasa, actions = urlsplit(settings.rasa_url).port, urlsplit(settings.actions_url).port
        return cls(web=web, rasa=rasa or cls.rasa, actions=actions or cls.actions)

    def or_next_free(self, tell: Tell) -> "Ports":
        """The same ports, each taken one replaced by the next free one and named to `tell`."""
        chosen: dict[str, int] = {}
        for name, wanted in asdict(self).items():
            chosen[name], taken = free_port(wanted)
            if taken:
                tell(f"Port {wanted} is used by {user_of(wanted)}: {name} takes {chosen[name]}.")
        return Ports(**chosen)

    def address(self, name: str) -> str:
        return f"http://{HOST}:{asdict(self)[name]}"


@dataclass(frozen=True)
class Databases:
    """The addresses of the product's own database and of Rasa's tracker store."""

    product: str
    tracker: str


@contextmanager
def databases(settings: Settings) -> Iterator[Databases]:
    """The databases the settings name, or the embedded ones, which stop with the block."""
    if settings.database_url:
        yield Databases(settings.database_url, settings.rasa_tracker_url)
        return
    server = Embedded.start(settings.var / "postgres")
    try:
        for database in ("aftercare", "rasa"):
            server.create(database)
        tracker = settings.rasa_tracker_url or server.rasa_url("rasa")
        yield Databases(server.url("aftercare"), tracker)
    finally:
        server.stop()


def programs(
    settings: Settings, found: Databases, ports: Ports, *, without: Collection[str] = ("carrier",)
) -> list[Program]:
    """Every program, each knowing the others' addresses; `without` names those left out."""
    env = _environment(settings, found, ports, without)
    carrier = [
        *("--port", str(ports.carrier)),
        *("--webhook-url", f"{ports.address('web')}/webhooks/sms"),
    ]
    every = [
        _rasa(env, ports),
        _ours("actions", ["actions", "--port", str(ports.actions)], env, ports, "/health"),
        _ours("web", ["web", "--port", str(ports.web)], env, ports, "/health"),
        Program("worker", _python("aftercare", "worker"), env),
        Program(
            "carrier",
            _python("aftercare.carrier", *carrier),
            env,
            ready=f"{ports.address('carrier')}/phones",
        ),
    ]
    return [program for program in every if program.name not in without]


def _environment(
    settings: Settings, found: Databases, ports: Ports, without: Collection[str]
) -> dict[str, str]:
    env = environment(settings) | {
        "DATABASE_URL": found.product,
        "RASA_TRACKER_URL": found.tracker,
        "RASA_URL": settings.rasa_url if "rasa" in without else ports.address("rasa"),
        "ACTIONS_URL": settings.actions_url if "actions" in without else ports.address("actions"),
    }
    if "carrier" not in without:
        env |= {
            "AFTERCARE_PUBLIC_URL": ports.address("web"),
            "AFTERCARE_CONSOLE_URL": ports.address("web"),
            "TWILIO_API_BASE": ports.address("carrier"),
            "TWILIO_MESSAGING_SERVICE_SID": "",
            "TWILIO_FROM": CARRIER_NUMBER,
        }
    return env


def _rasa(env: dict[str, str], ports: Ports) -> Program:
    # Only what it needs: the keys to the patients' words are none of Rasa's business.
    told = {name: env[name] for name in ("RASA_TRACKER_URL", "ACTIONS_URL", "RASA_TOKEN")}
    told["RASA_PORT"] = str(ports.rasa)
    command = [str(RASA_PYTHON), str(RASA_SERVER)]
    ready = f"{ports.address('rasa')}/"
    return Program("rasa", command, told, inherits=RASA_INHERITS, ready=ready, folder=ROOT)


def _ours(name: str, arguments: list[str], env: dict[str, str], ports: Ports, path: str) -> Program:
    ready = ports.address(name) + path
    return Program(name, _python("aftercare", *arguments), env, ready=ready)


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def missing_parts(folder: Path = ROOT) -> list[str]:
    """What has to be made before the programs can start, each with the command that makes it."""
    runtime = folder / RASA_PYTHON.relative_to(ROOT)
    model = folder / "bot" / "models" / "aftercare.tar.gz"
    missing = []
    if not runtime.exists():
        missing.append("Rasa's environment is not installed: run `make install`")
    if not model.exists():
        missing.append("the bot is not trained: run `make train`")
    return missing
