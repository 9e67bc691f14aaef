"""The site's own settings, on the database that the run names, with a fast password hasher."""

import os

os.environ.update(
    {
        "SECRET_KEY": "tests-only-" + "x" * 50,
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "SITE_URL": "http://testserver",
        "MAIL_URL": "console:",
        "DEFAULT_FROM_EMAIL": "EIM <eim@museums.example>",
        "DATA_DIR": os.environ.get("TEST_DATA_DIR", "var/test"),
        "CLOCK": "",
        "DEBUG": "",
        "DEMO": "",
    }
)

from eim.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
