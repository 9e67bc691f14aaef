"""The settings of `settings_cached`, for web processes behind a pooler (PG_TIMEOUTS=none)."""

from tests.settings_cached import *  # noqa: F403

DATABASE["OPTIONS"] = pg_options({}, {})  # noqa: F405
