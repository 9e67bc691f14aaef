#!/usr/bin/env python
"""Run the whole site on this machine as a demo: pages, mails to read, an organiser's account."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
PORT = os.environ.get("PORT") or "8000"
IS_SAMPLE = os.environ.get("SAMPLE", "0") not in ("", "0")
RESET = "make demo-reset" + " SAMPLE=1" * IS_SAMPLE
FOLDER = ROOT / "var" / ("sample" if IS_SAMPLE else "demo")
ORGANISER = "organiser"
CLOCK = "2024-11-26T10:15-05:00" if IS_SAMPLE else "2024-11-20T09:00-05:00"


def stored_secret(name: str) -> str:
    """Create the secret once, so that links and sessions stay valid after a restart."""
    path = FOLDER / name
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12 if name == "password" else 60))
    return path.read_text()


def environment() -> dict[str, str]:
    """Set every variable of the site, so that a .env file has no effect; the caller's win."""
    own = {
        "SECRET_KEY": stored_secret("secret-key"),
        "SECRET_KEY_FALLBACKS": "",
        "RETIRED_SECRET_KEYS": "",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "SITE_URL": f"http://localhost:{PORT}",
        "DATABASE_URL": "",
        "POSTGRES_HOST": "",
        "POSTGRES_USER": "",
        "POSTGRES_DB": "",
        "PG_TIMEOUTS": "",
        "DATA_DIR": str(FOLDER),
        "BACKUP_DIR": "",
        "BACKUP_HOURS": "",
        "STORAGE_URL": "",
        "STATIC_ROOT": str(FOLDER / "static"),
        "MAIL_URL": "file:",
        "DEFAULT_FROM_EMAIL": "EIM <eim@localhost>",
        "BOUNCE_ADDRESS": "",
        "BOUNCE_URL": "",
        "DKIM_SELECTOR": "",
        "NAME_SERVER": "",
        "MAILS_PER_MINUTE": "",
        "MAILS_PER_DAY": "",
        "ADMINS": "",
        "SENTRY_DSN": "",
        "ACCESS_LOG": "0",
        "METRICS_TOKEN": "",
        "MAILS_PER_ADDRESS": "",
        "SIGNUPS_PER_NETWORK": "",
        "QUESTIONS_PER_NETWORK": "",
        "NEEDS_KEPT_DAYS": "",
        "PERSONAL_KEPT_DAYS": "",
        "OWN_PAGE_DAYS": "",
        "LIST_KEPT_DAYS": "",
        "NEWS_KEPT_YEARS": "",
        "DEEDS_KEPT_DAYS": "",
        "ADMIN_PATH": "",
        "TRUSTED_PROXY_COUNT": "",
        "HSTS_SUBDOMAINS": "",
        "DEBUG": "",
        "DEMO": "1",
        "CLOCK": CLOCK,
        "REHEARSAL": "1",
    }
    return own | dict(os.environ) | {"PORT": PORT}


def refuse_taken_port() -> None:
    if not PORT.isdecimal() or not 0 < int(PORT) < 65536:
        sys.exit(f"PORT is “{PORT}”: write a number such as 8000.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(PORT)))
        except OSError:
            sys.exit(f"Port {PORT} is taken: choose another, for example make demo PORT=8001.")


def set_up(env: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "demo_setup", f"--organiser={ORGANISER}"]
    command += [f"--password-file={FOLDER / 'password'}"] + ["--sample"] * IS_SAMPLE
    done = subprocess.run(command, cwd=ROOT, env=env)
    if done.returncode:
        sys.exit(done.returncode)


def start(env: dict[str, str]) -> list[subprocess.Popen[bytes]]:
    """Start both in new sessions: only this process gets Ctrl-C, and ends them in order."""
    gunicorn = [sys.executable, "-m", "gunicorn", "--log-level", "warning"]
    worker = [sys.executable, "manage.py", "worker"]
    return [
        subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)
        for command in (gunicorn, worker)
    ]


def is_answering(processes: list[subprocess.Popen[bytes]], env: dict[str, str]) -> bool:
    host = env["ALLOWED_HOSTS"].split(",")[0].strip()
    asked = Request(f"http://127.0.0.1:{PORT}/healthz", headers={"Host": host})
    for _attempt in range(150):
        if any(process.poll() is not None for process in processes):
            return False
        try:
            urlopen(asked, timeout=5).close()
            return True
        except (URLError, OSError):
            time.sleep(0.2)
    return False


def print_addresses(env: dict[str, str]) -> None:
    site = env["SITE_URL"].rstrip("/")
    print(
        f"""
  The site        {site}/
  Its mails       {site}/demo/mails/
  Back office     {site}/{env["ADMIN_PATH"] or "admin"}/
                  user {ORGANISER}, password {stored_secret("password")}
  Its data        {FOLDER.relative_to(ROOT)}/ ({RESET} starts again)

  Ctrl-C ends it.
""",
        flush=True,
    )


def end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()


def stop(*_signal: object) -> None:
    raise KeyboardInterrupt


def main() -> None:
    for name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(name, stop)
    refuse_taken_port()
    if "--reset" in sys.argv:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    stored_secret("password")
    processes = []
    try:
        env = environment()
        set_up(env)
        processes = start(env)
        if is_answering(processes, env):
            print_addresses(env)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        sys.exit("A part of the site has stopped, so the demo ends.")
    except KeyboardInterrupt:
        pass
    finally:
        end(processes)


if __name__ == "__main__":
    main()
