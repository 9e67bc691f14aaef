"""The site's own settings, on the database that the run names, with a fast password hasher."""

import atexit
import os
import shutil
from pathlib import Path

if not os.environ.get("TEST_DATA_DIR"):
    # A folder for each run: two at once would write to one database. The processes that this one
    # starts inherit the name, workers of xdist among them.
    os.environ["TEST_DATA_DIR"] = f"var/test/{os.getpid()}"
    atexit.register(shutil.rmtree, Path(os.environ["TEST_DATA_DIR"]).resolve(), ignore_errors=True)
DATA_DIR = Path(os.environ["TEST_DATA_DIR"]).resolve()

# Each variable is said here, so that no .env of the developer's reaches a test.
os.environ.update(
    {
        "SECRET_KEY": "tests-only-" + "x" * 50,
        "SECRET_KEY_FALLBACKS": "",
        "RETIRED_SECRET_KEYS": "",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "SITE_URL": "http://testserver",
        "DATABASE_URL": os.environ.get("DATABASE_URL", ""),
        "POSTGRES_HOST": "",
        "POSTGRES_USER": "",
        "POSTGRES_DB": "",
        # Patient: a busy machine is no fault of the site. On a server: settings_cached.py.
        "PG_TIMEOUTS": "30,60,60",
        "DATA_DIR": str(DATA_DIR),
        "BACKUP_DIR": "",
        "BACKUP_HOURS": "",
        "STORAGE_URL": "",
        "STATIC_ROOT": str(DATA_DIR / "static"),
        "MAIL_URL": "console:",
        "DEFAULT_FROM_EMAIL": "EIM <eim@museums.example>",
        "BOUNCE_ADDRESS": "",
        "BOUNCE_URL": "",
        "DKIM_SELECTOR": "",
        "NAME_SERVER": "",
        "MAILS_PER_MINUTE": "",
        "MAILS_PER_DAY": "",
        "ADMINS": "",
        "SENTRY_DSN": "",
        "ACCESS_LOG": os.environ.get("ACCESS_LOG", ""),
        "METRICS_TOKEN": os.environ.get("METRICS_TOKEN", ""),
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
        "CLOCK": "",
        "REHEARSAL": "",
        "DEBUG": "",
        "DEMO": "",
    }
)

from eim.settings import *  # noqa: E402, F403

# WhiteNoise warns of a folder that is not there.
(DATA_DIR / "static").mkdir(parents=True, exist_ok=True)

if DATABASE["ENGINE"].endswith("postgresql"):  # noqa: F405
    DATABASE["TEST"] = {"NAME": f"test_{DATA_DIR.name}"}  # noqa: F405
    DATABASE["OPTIONS"]["pool"]["timeout"] = 10  # noqa: F405
else:
    DATABASE["OPTIONS"]["timeout"] = 20  # noqa: F405
    # A test database may be lost in a power cut: do not wait for the disk.
    DATABASE["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # noqa: F405

# A busy machine is no fault of the site.
PATIENCE = 30

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
# Off: tests write rows without bumping the version. Tests of the cache use `cached_pages`.
CACHE_PAGES = False
