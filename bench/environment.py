"""Configure the site as on a server, with its own folder, database and clock."""

import os
from pathlib import Path

from bench import HOUSE

SCALE = float(os.environ.get("SCALE") or (0.02 if os.environ.get("QUICK") else 1))


def enter(folder: Path) -> None:
    """Set every variable, so that no .env file changes the figures."""
    os.environ.update(
        {
            "DJANGO_SETTINGS_MODULE": "eim.settings",
            "SECRET_KEY": "bench-only-" + "x" * 50,
            "SECRET_KEY_FALLBACKS": "",
            "RETIRED_SECRET_KEYS": "",
            "ALLOWED_HOSTS": "localhost",
            "SITE_URL": "http://localhost",
            "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
            "POSTGRES_HOST": "",
            "POSTGRES_USER": "",
            "POSTGRES_DB": "",
            "PG_TIMEOUTS": "",
            "DATA_DIR": str(folder),
            "BACKUP_DIR": "",
            "BACKUP_HOURS": "",
            "STORAGE_URL": "",
            "STATIC_ROOT": str(folder / "static"),
            "MAIL_URL": "file:",
            "DEFAULT_FROM_EMAIL": "EIM <eim@museums.example>",
            "BOUNCE_ADDRESS": "",
            "BOUNCE_URL": "",
            "DKIM_SELECTOR": "",
            "NAME_SERVER": "",
            "MAILS_PER_MINUTE": "1000000",
            "MAILS_PER_DAY": "1000000",
            "ADMINS": "",
            "SENTRY_DSN": "",
            "ACCESS_LOG": "",
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
            "TRUSTED_PROXY_COUNT": "1",
            "HSTS_SUBDOMAINS": "",
            # The same time as in the tests, whose factories are used here.
            "CLOCK": "2026-09-01T09:00-03:00",
            "REHEARSAL": "1",
            "DEBUG": "",
            "DEMO": "",
            "WEB_CONCURRENCY": "2",
            # As in the Dockerfile.
            "MALLOC_ARENA_MAX": "2",
        }
    )
    os.chdir(HOUSE)


def scaled(count: int) -> int:
    return max(1, round(count * SCALE))
