"""Read settings from the environment; a wrong one ends the process with a sentence."""

import os
import sys
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
# A .env file beside manage.py is read too; the process's environment wins over it.
env.read_env(BASE_DIR / ".env", overwrite=False)

DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default="") or BASE_DIR / "var")
SECRET_KEY_LENGTH = 50
METRICS_TOKEN_LENGTH = 20
# Whether somebody waits for a page. A command (migrate, worker, purge…) may take its time.
IS_COMMAND = Path(sys.argv[0]).name == "manage.py"
IS_DOCTOR = IS_COMMAND and sys.argv[1:2] == ["doctor"]
# Seconds: waiting for a lock, one statement, a transaction that does nothing.
PG_TIMEOUTS = "1.5,10,30"
# The second is said, too: the role may have a limit of its own, for what comes through a pooler.
PG_TIMEOUTS_OF_COMMANDS = {
    "lock_timeout": 60.0,
    "statement_timeout": 0.0,
    "idle_in_transaction_session_timeout": 600.0,
}


def required(name: str, hint: str, *, in_debug: str) -> str:
    """Return the variable, or end the process with a sentence that says what to set."""
    value = env.str(name, default="")
    if value:
        return value
    if DEBUG:
        return in_debug
    raise SystemExit(f"{name} is not set: {hint} See .env.example.")


def secret_key(name: str, value: str) -> str:
    """Return a key, or end the process with a sentence if it is easily guessed."""
    if len(value) < SECRET_KEY_LENGTH:
        raise SystemExit(
            f"{name} has {len(value)} characters: write at least {SECRET_KEY_LENGTH} random ones. "
            "See .env.example."
        )
    return value


def metrics_token() -> str:
    """Return the token, empty without one, or end the process if it is easily guessed."""
    token = env.str("METRICS_TOKEN", default="")
    if token and len(token) < METRICS_TOKEN_LENGTH:
        raise SystemExit(
            f"METRICS_TOKEN has {len(token)} characters: write at least {METRICS_TOKEN_LENGTH} "
            "random ones. See .env.example."
        )
    return token


def secret_keys(name: str) -> list[str]:
    """Return the keys of a list with commas between them."""
    keys = (key.strip() for key in env.str(name, default="").split(","))
    return [secret_key(f"A key of {name}", key) for key in keys if key]


def flag(name: str) -> bool:
    return env.bool(name, default=False)


def number(name: str, default: int) -> int:
    text = env.str(name, default="") or str(default)
    if not text.isdecimal():
        raise SystemExit(f"{name} is “{text}”: write a whole number. See .env.example.")
    return int(text)


def readable(name: str, address: str) -> SplitResult:
    """Return the parts of an address; a password as it is typed may end it too early."""
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError:
        # Without the fault: it quotes a part of the password.
        raise SystemExit(
            f"{name} cannot be read: in its user and password write %2F for /, %3F for ?, %23 for "
            "# and %40 for @; its port is a number. See .env.example."
        ) from None
    return parts


def database_url() -> str:
    """Return DATABASE_URL, or the address of the parts of PostgreSQL, or that of a file."""
    if url := env.str("DATABASE_URL", default=""):
        return url
    if not (host := env.str("POSTGRES_HOST", default="")):
        return f"sqlite:///{DATA_DIR / 'eim.sqlite3'}"
    user = env.str("POSTGRES_USER", default="") or "eim"
    # Not by `env`, which takes what begins with $ for the name of another variable.
    password = os.environ.get("POSTGRES_PASSWORD", "")
    name = env.str("POSTGRES_DB", default="") or "eim"
    user, password, name = (quote(part, safe="") for part in (user, password, name))
    return f"postgresql://{user}:{password}@{host}/{name}"


def pg_timeouts(text: str) -> dict[str, float]:
    """Return the seconds of PG_TIMEOUTS by PostgreSQL's names; nothing for “none”."""
    if text == "none":
        return {}
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    try:
        return dict(zip(names, map(float, (text or PG_TIMEOUTS).split(",")), strict=True))
    except ValueError:
        raise SystemExit(
            f"PG_TIMEOUTS is “{text}”: write three numbers of seconds, such as {PG_TIMEOUTS}, or "
            "none. See .env.example."
        ) from None


def pg_options(given: dict[str, Any], timeouts: dict[str, float]) -> dict[str, Any]:
    """Return the options of a pool in which nobody waits long; a command waits longer."""
    if timeouts and IS_COMMAND:
        # Long statements are what commands are for; a lock that never comes is not.
        timeouts = PG_TIMEOUTS_OF_COMMANDS
    limits = [f"-c {name}={round(limit * 1000)}" for name, limit in timeouts.items()]
    own = [given["options"]] if given.get("options") else []
    return given | {
        # A connection that cannot be made is tried by the next who needs one, not later and later.
        "pool": {
            **{"min_size": 1, "max_size": 8, "reconnect_timeout": 0},
            "timeout": 10 if IS_COMMAND else 1.5,
        },
        "connect_timeout": 10 if IS_COMMAND else 2,
        # Of a machine that is gone; a server that hangs is eim/lib/databases/postgresql's matter.
        **{"tcp_user_timeout": 5000, "keepalives_idle": 30, "keepalives_interval": 5},
        **({"options": " ".join([*own, *limits])} if own or limits else {}),
    }


def is_of_this_machine(host: str) -> bool:
    """Return whether only this machine can reach a site under this name."""
    name = host.strip("[]")
    return name in ("localhost", "::1") or name.endswith(".localhost") or name.startswith("127.")


def upload_folder(url: str) -> Path:
    """Return the folder of STORAGE_URL, `file:///folder`; without one, the one in DATA_DIR."""
    parts = urlsplit(url)
    if parts.scheme != "file":
        return DATA_DIR / "media"
    if parts.netloc or not parts.path.strip("/"):
        raise SystemExit(f"STORAGE_URL is “{url}”: write file:///folder. See .env.example.")
    return Path(unquote(parts.path))


def upload_storage(url: str) -> dict[str, Any]:
    """Return the STORAGES entry of uploads: a folder, or `s3://key:secret@host/bucket?region=…`."""
    if not url or url.startswith("file:"):
        return {"BACKEND": "eim.lib.uploads.folder.FolderStorage"}
    parts = urlsplit(url)
    bucket = unquote(parts.path).strip("/")
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    # Not quoted: it holds a secret.
    if parts.scheme != "s3" or not host or not bucket or "/" in bucket:
        raise SystemExit(
            "STORAGE_URL is not file:///folder or s3://key:secret@host:port/bucket, with special "
            "characters of key and secret written as %2F and so on. See .env.example."
        )
    if not (find_spec("storages") and find_spec("boto3")):
        raise SystemExit(
            "STORAGE_URL is s3://…, but packages are missing: "
            ".venv/bin/pip install --require-hashes -r requirements-s3.txt"
        )
    asked = parse_qs(parts.query)
    scheme = "http" if asked.get("tls") == ["0"] else "https"
    options: dict[str, object] = {
        "endpoint_url": f"{scheme}://{host}:{port}" if port else f"{scheme}://{host}",
        "bucket_name": bucket,
        "region_name": asked.get("region", ["us-east-1"])[0],
        "location": asked.get("prefix", [""])[0].strip("/"),
        "is_patient": IS_COMMAND,
    }
    if parts.username:
        options |= {
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password or ""),
        }
    return {"BACKEND": "eim.lib.uploads.object_storage.ObjectStorage", "OPTIONS": options}


def mailer(url: str) -> dict[str, object]:
    """Return a MAILERS entry for `smtp://user:password@host?tls=1`, `console:`, `file:FOLDER`."""
    parts = readable("MAIL_URL", url)
    backend = "django.core.mail.backends.{}.EmailBackend"
    if parts.scheme == "console":
        return {"BACKEND": backend.format("console")}
    if parts.scheme == "file":
        path = parts.path or str(DATA_DIR / "mails")
        return {
            "BACKEND": backend.format("filebased"),
            "OPTIONS": {"file_path": path},
        }
    if parts.scheme != "smtp" or not parts.hostname:
        raise SystemExit(
            "MAIL_URL is not smtp://user:password@host:port?tls=1, console: or file:DIRECTORY."
        )
    secure = parse_qs(parts.query).get("tls") == ["1"]
    options: dict[str, object] = {
        "host": parts.hostname,
        "port": parts.port or (587 if secure else 25),
        "use_tls": secure and parts.port != 465,
        "use_ssl": secure and parts.port == 465,
        "timeout": 10,
    }
    if parts.username:
        options |= {
            "username": unquote(parts.username),
            "password": unquote(parts.password or ""),
        }
    return {"BACKEND": backend.format("smtp"), "OPTIONS": options}


def bounce_mailbox(url: str) -> dict[str, Any]:
    """Return the parts of `imaps://user:password@host:port/FOLDER`; nothing without an address."""
    if not url:
        return {}
    parts = readable("BOUNCE_URL", url)
    folder = unquote(parts.path).strip("/") or "INBOX"
    if parts.scheme != "imaps" or not (parts.hostname and parts.username and folder.isascii()):
        # Not quoted: it holds a password.
        raise SystemExit(
            "BOUNCE_URL is not imaps://user:password@host:port/INBOX, with special characters of "
            "user and password written as %40 and so on. See .env.example."
        )
    return {
        "host": parts.hostname,
        "port": parts.port or 993,
        "user": unquote(parts.username),
        "password": unquote(parts.password or ""),
        "folder": folder,
    }


def bounce_address(sender: str) -> str:
    """Return the address to which bounces go: BOUNCE_ADDRESS, else that of the sender."""
    address = env.str("BOUNCE_ADDRESS", default="")
    if address and ("@" not in address or "<" in address):
        raise SystemExit(
            f"BOUNCE_ADDRESS is “{address}”: write an e-mail address without a name. "
            "See .env.example."
        )
    return address or parseaddr(sender)[1] or sender
