import gc
import socket

import django_otp
import pytest
from _pytest import runner
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import translation
from django.utils.http import urlencode
from django_otp.plugins.otp_totp.models import TOTPDevice

from programme.caching.snapshot import snapshot_cache
from tests import factories
from tests.stack import with_room

pytest_plugins = ["tests.databases", "tests.timing"]


def pytest_collection_finish(session):
    """Keep the collector of garbage from walking again and again over what stays to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000)


run_with_room = with_room(runner.pytest_runtest_protocol)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    """Run a test as pytest does, with room for the calls that it makes."""
    return run_with_room(item, nextitem)


LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def frozen_clock(time_machine):
    """Time stands still while registration is open; a test moves it with `time_machine`."""
    time_machine.move_to(factories.NOW, tick=False)


@pytest.fixture(autouse=True)
def clear_cache():
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def own_uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(scope="session", autouse=True)
def cheap_flush():
    """Empty tables by DELETE: for the few rows of a test TRUNCATE takes ten times as long."""

    def sql_flush(operations, style, tables, **options):
        deletions = [f"DELETE FROM {operations.quote_name(table)};" for table in tables]
        # Foreign keys are triggers, which a replica does not run.
        role = "SET session_replication_role = "
        return [f"{role}replica; {' '.join(deletions)} {role}origin;"]

    with pytest.MonkeyPatch.context() as patch:
        if connection.vendor == "postgresql":
            patch.setattr(type(connection.ops), "sql_flush", sql_flush)
        yield


@pytest.fixture(autouse=True, scope="session")
def stay_on_this_machine():
    """Fail each test that would reach another machine, wherever it runs."""
    connect = socket.socket.connect

    def connect_here(self, address):
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(LOOPBACK):
            raise AssertionError(f"A test wanted to reach {address[0]}.")
        return connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here)
        yield


@pytest.fixture
def meeting(db):
    return factories.meeting()


@pytest.fixture
def cached_pages(settings, meeting):
    """Cache pages, as on a server; the cache is empty."""
    settings.CACHE_PAGES = True
    snapshot_cache.clear()
    yield
    snapshot_cache.clear()


@pytest.fixture(scope="session", autouse=True)
def forms_as_browsers_send_them():
    """Send forms without a file as texts, where Django's client sends all of them as multipart."""
    plain = Client.post

    def post(client, path, data=None, content_type=None, **more):
        if content_type is None and not any(hasattr(v, "read") for v in (data or {}).values()):
            # Once as text: a country has a length, which urllib takes for that of a list.
            plain_values = {
                name: list(map(str, value)) if isinstance(value, list | tuple | set) else str(value)
                for name, value in (data or {}).items()
            }
            data = urlencode(plain_values, doseq=True)
            content_type = "application/x-www-form-urlencoded"
        more |= {"content_type": content_type} if content_type else {}
        return plain(client, path, data, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "post", post)
        yield


# Who asks: `client` (nobody in particular) comes from pytest-django.


@pytest.fixture
def sign_in(db):
    """Return a function that signs a member of staff in, with both steps."""

    def signed_in(user, *, is_verified=True):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        if is_verified:
            device = TOTPDevice.objects.create(user=user, name="teléfono")
            session = client.session
            session[django_otp.DEVICE_ID_SESSION_KEY] = device.persistent_id
            session.save()
        return client

    return signed_in


@pytest.fixture
def organiser(db):
    return factories.user(username="organiza", is_superuser=True)


@pytest.fixture
def staff_client(organiser, sign_in):
    """Sign in an organiser who may do everything."""
    return sign_in(organiser)


@pytest.fixture
def unverified_client(organiser, sign_in):
    """Sign in an organiser who gave the password, but not the second step."""
    return sign_in(organiser, is_verified=False)


@pytest.fixture
def powerless_client(sign_in):
    """Sign in a member of staff without any permission."""
    return sign_in(factories.user(username="sinpermisos"))


@pytest.fixture
def in_english():
    """Activate English, the language of the sources, for tests that quote a sentence."""
    with translation.override("en"):
        yield


@pytest.fixture
def office_in_english(settings, monkeypatch):
    """Ask for English: the back office speaks the browser's language."""
    settings.LANGUAGE_CODE = "en"
    plain = Client._base_environ

    def in_that_language(client, **request):
        return plain(client, **{"HTTP_ACCEPT_LANGUAGE": settings.LANGUAGE_CODE, **request})

    monkeypatch.setattr(Client, "_base_environ", in_that_language)


@pytest.fixture
def running_clock(frozen_clock, time_machine):
    """Connection pools wait by the clock: one that stands still would make them wait for ever."""
    time_machine.move_to(factories.NOW, tick=True)
