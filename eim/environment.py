"""Read settings from the environment; a wrong one ends the process with a sentence."""

from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
# A .env file beside manage.py is read too; the process's environment wins over it.
env.read_env(BASE_DIR / ".env", overwrite=False)

DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default="") or BASE_DIR / "var")


def required(name: str, hint: str, *, in_debug: str) -> str:
    """Return the variable, or end the process with a sentence that says what to set."""
    value = env.str(name, default="")
    if value:
        return value
    if DEBUG:
        return in_debug
    raise SystemExit(f"{name} is not set: {hint} See .env.example.")


def flag(name: str) -> bool:
    return env.bool(name, default=False)


def number(name: str, default: int) -> int:
    text = env.str(name, default="") or str(default)
    if not text.isdecimal():
        raise SystemExit(f"{name} is “{text}”: write a whole number. See .env.example.")
    return int(text)


def is_of_this_machine(host: str) -> bool:
    """Return whether only this machine can reach a site under this name."""
    name = host.strip("[]")
    return name in ("localhost", "::1") or name.endswith(".localhost") or name.startswith("127.")


def mailer(url: str) -> dict[str, object]:
    """Return a MAILERS entry for `smtp://user:password@host?tls=1`, `console:`, `file:FOLDER`."""
    parts = urlsplit(url)
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
