"""Settings, read from the environment; `.env.example` lists and explains each variable."""

from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from eim.environment import (
    BASE_DIR,
    DATA_DIR,
    DEBUG,
    IS_COMMAND,
    IS_DOCTOR,
    bounce_address,
    bounce_mailbox,
    database_url,
    env,
    flag,
    is_of_this_machine,
    mailer,
    metrics_token,
    number,
    pg_options,
    pg_timeouts,
    readable,
    required,
    secret_key,
    secret_keys,
    upload_folder,
    upload_storage,
)
from eim.lib.languages import named
from eim.lib.logs.sentry import start_reporting
from eim.lib.translated.first_language import FallbackOrder

# Core

DEMO = flag("DEMO")
REHEARSAL = flag("REHEARSAL")
SECRET_KEY = secret_key(
    "SECRET_KEY",
    required(
        "SECRET_KEY",
        "write at least 50 random characters, and keep them.",
        in_debug="only-for-development-never-for-a-site-that-others-can-reach",
    ),
)
# Keys before it: those of the first list still sign; by both lists, stored hashes are looked up.
SECRET_KEY_FALLBACKS = secret_keys("SECRET_KEY_FALLBACKS")
RETIRED_SECRET_KEYS = secret_keys("RETIRED_SECRET_KEYS")
HOSTS = required(
    "ALLOWED_HOSTS",
    "write the host names of the site, separated by commas.",
    in_debug="localhost,127.0.0.1,[::1]",
)
ALLOWED_HOSTS = [host.strip() for host in HOSTS.split(",") if host.strip()]
SITE_URL = required(
    "SITE_URL",
    "write the address of the site as people type it, for example https://museums.example.",
    in_debug="http://localhost:8000",
).rstrip("/")
if not SITE_URL.startswith(("https://", "http://")):
    raise SystemExit(f"SITE_URL is “{SITE_URL}”: it starts with https:// (or http:// for a trial).")
IS_HTTPS = SITE_URL.startswith("https://")
if DEMO and not all(map(is_of_this_machine, [urlsplit(SITE_URL).hostname or "", *ALLOWED_HOSTS])):
    raise SystemExit(
        "DEMO is 1, but SITE_URL or ALLOWED_HOSTS is not localhost: a site that others can reach "
        "must not let everybody into its back office."
    )
TRUSTED_PROXY_COUNT = number("TRUSTED_PROXY_COUNT", 0)
ADMIN_PATH = (env.str("ADMIN_PATH", default="") or "admin").strip("/")

CLOCK = env.str("CLOCK", default="")
if CLOCK:
    try:
        CLOCK_HAS_ZONE = datetime.fromisoformat(CLOCK).tzinfo is not None
    except ValueError:
        CLOCK_HAS_ZONE = False
    if not CLOCK_HAS_ZONE:
        raise SystemExit(f"CLOCK is “{CLOCK}”: write an instant such as 2024-11-26T10:15-05:00.")
    if not (DEBUG or REHEARSAL):
        raise SystemExit(
            "CLOCK is set, but REHEARSAL is not 1: a site in use must not run on another clock."
        )

INSTALLED_APPS = [
    "modeltranslation",
    "eim.apps.SiteConfig",
    "programme",
    "registration",
    "eim.apps.StaffSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "crispy_forms",
    "django_countries",
]

MIDDLEWARE = [
    "eim.middleware.limits.Limits",
    "eim.middleware.headers.safe_headers",
    # Before what looks at the host or redirects to https: monitors come from inside, by address.
    "eim.middleware.health.health_checks",
    "django.middleware.security.SecurityMiddleware",
    "programme.caching.middleware.page_cache",
    "eim.middleware.headers.spare_fonts",
    "eim.middleware.static_files.StaticFiles",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "eim.middleware.addresses.client_address",
    "eim.middleware.editions.archived_numbers",
    "eim.middleware.languages.language",
    "eim.middleware.outages.bounded_waits",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "eim.middleware.staff_sessions.limited_sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "eim.middleware.languages.staff_pages",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "eim.urls"
WSGI_APPLICATION = "eim.serving.wsgi.application"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Not 644, whatever the umask says: uploads are the site's own until a page shows them.
FILE_UPLOAD_PERMISSIONS = None
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000  # the back office's page of a session with many presentations

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.csp",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "eim.context_processors.site",
            ],
        },
    },
]
FORM_RENDERER = "eim.lib.forms.renderer.FormRenderer"
CRISPY_TEMPLATE_PACK = "eim"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("eim",)

# Database

DATABASE_URL = database_url()
if not DATABASE_URL.startswith(("sqlite:///", "postgres://", "postgresql://")):
    raise SystemExit(
        "DATABASE_URL is not postgresql://user:password@host:port/name or sqlite:///FILE. "
        "See .env.example."
    )
readable("DATABASE_URL", DATABASE_URL)
DATABASE = env.db_url_config(DATABASE_URL)
PG_TIMEOUTS = pg_timeouts(env.str("PG_TIMEOUTS", default=""))
if DATABASE["ENGINE"].endswith("sqlite3"):
    DATABASE["ENGINE"] = "eim.lib.databases.sqlite3"
    # The doctor changes nothing; run as root it would make what the site's user cannot write.
    if not IS_DOCTOR:
        Path(DATABASE["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # IMMEDIATE: otherwise a transaction that reads and then writes can fail with "locked".
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        # Twice, and longer while others commit: see eim/lib/databases/sqlite3/base.py.
        "timeout": 20 if IS_COMMAND else 0.8,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
        "PRAGMA journal_size_limit=67108864;"
        # What is erased is overwritten: it must not be read in the file afterwards.
        "PRAGMA secure_delete=ON;",
    }
    # Opening the file again would take a millisecond of each request.
    DATABASE["CONN_MAX_AGE"] = 60
    # Not in memory: connections that share a memory database lock whole tables.
    DATABASE["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
else:
    DATABASE["ENGINE"] = "eim.lib.databases.postgresql"
    DATABASE["CONN_MAX_AGE"] = 0
    DATABASE["CONN_HEALTH_CHECKS"] = True
    # A pooler gives each transaction another session, in which the cursor would be missing.
    DATABASE["DISABLE_SERVER_SIDE_CURSORS"] = True
    # In addition to the options in the address, such as ?sslmode=require.
    DATABASE["OPTIONS"] = pg_options(DATABASE.get("OPTIONS", {}), PG_TIMEOUTS)
DATABASES = {"default": DATABASE}
# Seconds for which a request waits for the database in all; lists of the back office may be long.
PATIENCE, PATIENCE_OF_STAFF = 1.7, 20

# Off in development: an edited template would not show until the next snapshot.
CACHE_PAGES = not DEBUG

# Languages

# Another language needs a catalogue in locale/, and migrations: each translated text gets a column.
LANGUAGES = named("es", "pt", "en")
LANGUAGE_CODE = LANGUAGES[0][0]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "eim.formats"
# Wrong or in their long form in the package's catalogues; locale/ translates these names.
COUNTRIES_OVERRIDE = {
    "AD": _("Andorra"),
    "BS": _("Bahamas"),
    "CF": _("Central African Republic"),
    "CW": _("Curaçao"),
    "CY": _("Cyprus"),
    "CZ": _("Czechia"),
    "DJ": _("Djibouti"),
    "KP": _("North Korea"),
    "KR": _("South Korea"),
    "QA": _("Qatar"),
    "SY": _("Syria"),
    "SZ": _("Eswatini"),
    "TD": _("Chad"),
    "TT": _("Trinidad and Tobago"),
}
TIME_ZONE = "UTC"
USE_TZ = True
MODELTRANSLATION_DEFAULT_LANGUAGE = LANGUAGE_CODE
MODELTRANSLATION_FALLBACK_LANGUAGES = FallbackOrder(
    default=tuple(code for code, _name in LANGUAGES)
)

# Static files and uploads

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default="") or BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
# Without BACKUP_DIR nobody has promised backups, and the status page does not ask for them.
ARE_BACKUPS_EXPECTED = bool(env.str("BACKUP_DIR", default=""))
STORAGE_URL = env.str("STORAGE_URL", default="")
MEDIA_ROOT = upload_folder(STORAGE_URL)
BACKUP_DIR = Path(env.str("BACKUP_DIR", default="") or DATA_DIR / "backups")
BACKUP_HOURS = number("BACKUP_HOURS", 26)
STORAGES = {
    "default": upload_storage(STORAGE_URL),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "eim.lib.static_files.MinifiedStorage"
    },
}

# Mail

MAILERS = {
    "default": mailer(
        required(
            "MAIL_URL",
            "write the mail server as smtp://user:password@host:port?tls=1.",
            in_debug="console:",
        )
    )
}
DEFAULT_FROM_EMAIL = required(
    "DEFAULT_FROM_EMAIL",
    "write the sender of the e-mails, for example “EIM <eim@museums.example>”.",
    in_debug="EIM <eim@localhost>",
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
BOUNCE_ADDRESS = bounce_address(DEFAULT_FROM_EMAIL)
BOUNCE_MAILBOX = bounce_mailbox(env.str("BOUNCE_URL", default=""))
DKIM_SELECTOR = env.str("DKIM_SELECTOR", default="")
NAME_SERVER = env.str("NAME_SERVER", default="")
EMAIL_SUBJECT_PREFIX = f"[{urlsplit(SITE_URL).hostname}] "
ADMINS = [text for one in env.str("ADMINS", default="").split(",") if (text := one.strip())]
if strange := [address for address in ADMINS if "@" not in address]:
    raise SystemExit(f"ADMINS has “{strange[0]}”: write e-mail addresses, separated by commas.")
# Bytes on the disk below which the status page warns: of the data, and of temporary files.
LEAST_FREE_DATA, LEAST_FREE_TEMPORARY = 256 * 1024 * 1024, 16 * 1024 * 1024
MAILS_PER_MINUTE = number("MAILS_PER_MINUTE", 60)
MAILS_PER_DAY = number("MAILS_PER_DAY", 5000)

# Registration

HOLD_MINUTES = 60
HOLDS_PER_NETWORK = 5
# A block of networks (/24 of IPv4, /48 of IPv6) may do so many times what one network may.
NETWORKS_OF_A_BLOCK = 4
LAPSE_HOURS = 48
SIGNUPS_PER_NETWORK = number("SIGNUPS_PER_NETWORK", 60)
MAILS_PER_ADDRESS = number("MAILS_PER_ADDRESS", 10)
# So many blocks of networks may use up their share of the mails to one address; then nobody may.
SOURCES_PER_ADDRESS = 3
# How long what is kept (programme/wording/retention.py): from the last day, the last yes, the deed
NEEDS_KEPT_DAYS = number("NEEDS_KEPT_DAYS", 30)
OWN_PAGE_DAYS = number("OWN_PAGE_DAYS", 30)
LIST_KEPT_DAYS = number("LIST_KEPT_DAYS", 30)
PERSONAL_KEPT_DAYS = number("PERSONAL_KEPT_DAYS", 180)
NEWS_KEPT_YEARS = number("NEWS_KEPT_YEARS", 4)
DEEDS_KEPT_DAYS = number("DEEDS_KEPT_DAYS", 730)

# Questions from the online audience, in ten minutes

QUESTIONS_PER_NETWORK = number("QUESTIONS_PER_NETWORK", 30)

# Safety

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.NONE],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "upgrade-insecure-requests": IS_HTTPS,
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
# The other hosts below the site's name may still be without https.
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS and env.str("HSTS_SUBDOMAINS", default="") != "0"
# Subdomains and preloading are decisions for the owner of the whole domain; eim.E003 says of
# MAIL_URL what mail.E001 says of MAILERS.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "mail.E001"]
if not IS_HTTPS:
    # HSTS, the redirect, and both cookies: eim.W001 says in one sentence what they say in four.
    SILENCED_SYSTEM_CHECKS += [f"security.W0{end}" for end in ("04", "08", "12", "16")]
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
COOKIE_PREFIX = "__Host-" if IS_HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 12 * 60 * 60  # see also eim/middleware/staff_sessions.py
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
# After signing in, where the page that was asked for is not ours.
LOGIN_REDIRECT_URL = "admin:index"
CSRF_FAILURE_VIEW = "eim.views.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "eim.middleware.addresses.axes_network"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
# Of what is noted of a failed attempt: a recovery code is good until it is used.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "otp_token", "recovery_otp_token"]
AXES_LOCKOUT_CALLABLE = "eim.back_office.sign_in.locked_out"
OTP_TOTP_ISSUER = "EIM"

# Logs: JSON lines without query strings, request bodies or tokens of links.

ACCESS_LOG = number("ACCESS_LOG", 1) != 0
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "eim.lib.logs.JsonLine"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "reports": {"()": "eim.lib.logs.reports.AdminReports"},
    },
    "root": {"handlers": ["stderr", "reports"], "level": "INFO"},
    "loggers": {
        # It warns of each HEAD that a view answers with a body, which it then leaves out.
        "gunicorn.http.wsgi": {"level": "ERROR"},
        "flufl.bounce": {"level": "WARNING"},
        # Replaces Django's handler, which would mail request bodies to ADMINS.
        "django": {"handlers": ["stderr", "reports"], "level": "INFO", "propagate": False},
    },
}

METRICS_TOKEN = metrics_token()
SENTRY_DSN = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    start_reporting(SENTRY_DSN)
