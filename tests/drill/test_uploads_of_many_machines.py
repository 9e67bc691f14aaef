"""Uploads in a folder that machines share, or in object storage: sent, stored, away and back."""

import hashlib
import json
import time
from contextlib import ExitStack
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from django.utils import timezone

from eim.environment import upload_storage
from eim.lib.fields.kept_uploads import FOLDER, discard_old_uploads, fetch, keep
from eim.lib.uploads.folder import FolderStorage
from programme.models import Document, Meeting, Person
from tests import factories, nginx, object_storage
from tests.back_office import form_of
from tests.drill.backing_up import Operator, empty_database, sums
from tests.drill.test_nginx import get
from tests.programme.test_admin import picture
from tests.registration import mail_server
from tests.registration.site import PATIENCE, database_url, environment, running
from tests.registration.visitors import Visitors, ask

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 1024 * 1024
VIDEO, SIZE = "documents/x/video.pdf", 50 * MEGABYTE
# Bytes that a process may take more after it has sent the large file several times.
GROWTH = 24 * MEGABYTE
# Seconds: of a storage that hangs a first question waits seven, of a page no more than that.
BOUND = 15
ADD = "/admin/programme/person/add/"


@pytest.fixture(autouse=True)
def frozen_clock():
    """Leave the clock as it is: files and sessions of the processes have it too."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with object_storage.server(tmp_path_factory.mktemp("object_storage")) as server:
        yield server


@pytest.fixture
def bucket(server):
    return server.new_bucket()


@pytest.fixture(params=["folder", "object storage"])
def url(request, tmp_path, server):
    """Return a STORAGE_URL of either kind."""
    if request.param == "folder":
        return f"file://{tmp_path}/shared"
    return server.new_bucket()


def storage_of(url):
    if url.startswith("file:"):
        return FolderStorage(location=url.removeprefix("file://"))
    return object_storage.storage_at(url)


def machine(stack, inbox, tmp_path, url, **changes):
    """Start gunicorn on a machine of its own, but for the database and the storage."""
    port = str(mail_server.free_port())
    own = tmp_path / port
    own.mkdir()
    variables = environment(inbox, own, PORT=port, STORAGE_URL=url, WEB_CONCURRENCY="1", CLOCK="")
    site = stack.enter_context(running(variables | changes, own, ["web"]))
    Visitors(site.port)
    return site


@pytest.fixture
def start(inbox, tmp_path, meeting):
    with ExitStack() as stack:
        yield lambda url, **changes: machine(stack, inbox, tmp_path, url, **changes)


def media(site, name, method="GET", **headers):
    """Return status, headers and bytes."""
    client = HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    try:
        client.request(method, f"/media/{name}", headers={"Host": "localhost", **headers})
        response = client.getresponse()
        return response.status, response.headers, response.read()
    finally:
        client.close()


def memory_of(site):
    """Return the most bytes that the one process that serves has had in memory."""
    main = site.running["web"].pid
    (child,) = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    status = Path(f"/proc/{child}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def large():
    """Return bytes of which every part is different."""
    blocks = (hashlib.sha256(str(n).encode()).digest() * 1024 for n in range(SIZE // 32768))
    return b"".join(blocks)


def test_parts_of_a_large_file_are_sent_with_little_memory(start, url):
    content = large()
    storage_of(url).save(VIDEO, ContentFile(content))
    site = start(url)
    # The first use of a storage loads its packages.
    etag = media(site, VIDEO, Range="bytes=0-9")[1]["ETag"]
    before = memory_of(site)
    status, headers, body = media(site, VIDEO)
    parts = {
        "bytes=0-99": (0, 100),
        "bytes=-100": (SIZE - 100, SIZE),
        "bytes=100-": (100, SIZE),
        f"bytes={SIZE - 5}-{SIZE + 5}": (SIZE - 5, SIZE),
    }

    answers = {part: media(site, VIDEO, Range=part) for part in parts}

    assert (status, headers["Accept-Ranges"], body == content) == (200, "bytes", True)
    for part, (first, end) in parts.items():
        status, headers, body = answers[part]
        assert (status, body == content[first:end]) == (206, True), part
        assert headers["Content-Range"] == f"bytes {first}-{end - 1}/{SIZE}"
    beyond = media(site, VIDEO, Range=f"bytes={SIZE}-")
    assert (beyond[0], beyond[1]["Content-Range"], beyond[2]) == (416, f"bytes */{SIZE}", b"")
    assert media(site, VIDEO, Range="bytes=9-3")[2] == content
    other = {"Range": "bytes=0-9", "If-Range": '"other"'}
    assert media(site, VIDEO, **other)[0] == 200
    assert media(site, VIDEO, **other | {"If-Range": etag})[2] == content[:10]
    assert media(site, VIDEO, **{"If-None-Match": etag})[0] == 304
    status, headers, body = media(site, VIDEO, "HEAD")
    assert (status, headers["Content-Length"], body) == (200, str(SIZE), b"")
    assert memory_of(site) - before < GROWTH


def test_client_that_stops_in_the_middle_leaves_the_threads_free(start, url):
    storage_of(url).save(VIDEO, ContentFile(large()))
    site = start(url)
    for _client in range(6):
        client = HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
        client.request("GET", f"/media/{VIDEO}", headers={"Host": "localhost"})
        client.getresponse().read(100)
        client.close()

    assert media(site, VIDEO, Range="bytes=0-9")[0] == 206


def upload(site, cookie, data, path=ADD):
    """Send a form of the back office as a browser does; return status and page."""
    token = "t" * 32
    body = encode_multipart(BOUNDARY, data | {"csrfmiddlewaretoken": token})
    headers = {"Content-Type": MULTIPART_CONTENT, "Cookie": f"{cookie}; csrftoken={token}"}
    status, _headers, page = ask(site.port, "POST", path, body, headers)
    return status, page


@pytest.fixture
def cookie(staff_client, meeting):
    return f"sessionid={staff_client.cookies['sessionid'].value}"


def new_person(staff_client):
    return form_of(staff_client, ADD) | {"name": "Ana Rey", "slug": "ana-rey"}


def test_every_machine_has_what_one_was_sent(start, url, staff_client, cookie):
    assert reverse("admin:programme_person_add") == ADD
    machines = [start(url), start(url)]

    status, _page = upload(machines[0], cookie, new_person(staff_client) | {"photo": picture()})
    name = Person.objects.get().photo.name
    answers = [media(site, name) for site in machines]

    assert status == 302
    assert answers[0][2][8:12] == b"WEBP"
    assert answers[0][2] == answers[1][2]
    for header in ("ETag", "Last-Modified", "Content-Type", "Cache-Control"):
        assert answers[0][1][header] == answers[1][1][header]


def checks(site):
    status, _headers, text = ask(site.port, "GET", "/status")
    return status, json.loads(text)["checks"]


@pytest.mark.parametrize("fault", ["hang", "kill"])
def test_away_storage_costs_pictures_alone(fault, server, bucket, start, staff_client, cookie):
    storage = object_storage.storage_at(bucket)
    storage.save("pictures/a.webp", ContentFile(b"webp"))
    logo = storage.save("pictures/logo.webp", ContentFile(picture().read()))
    Meeting.objects.update(logo=logo)
    factories.part(person=factories.person(slug="rosa", photo=logo))
    portrait = "/share/es/speaker/rosa.png"
    site = start(bucket)
    data = new_person(staff_client) | {"photo": picture()}
    try:
        getattr(server, fault)()
        began = time.monotonic()
        away = media(site, "pictures/a.webp")
        page = ask(site.port, "GET", "/es/")
        poster = ask(site.port, "GET", portrait)[0]
        status, form = upload(site, cookie, data)
        _status, found = checks(site)
        seconds = time.monotonic() - began
        began = time.monotonic()
        soon = [media(site, "pictures/a.webp")[0] for _time in range(3)]
    finally:
        server.go_on()
        if fault == "kill":
            server.start()

    assert (away[0], away[1]["Retry-After"]) == (503, "5")
    assert (page[0], logo in page[2]) == (200, True)
    assert (status, "No se pudo guardar el archivo" in form, 'value="Ana Rey"' in form) == (
        200,
        True,
        True,
    )
    assert (poster, Person.objects.count()) == (503, 1)
    assert found["object_storage"] == {"ok": False}
    assert "uploads" not in found["disk"]["free_bytes"]
    assert soon == [503] * 3
    assert (seconds < 3 * BOUND, time.monotonic() - began < 2 * BOUND) == (True, True)
    if fault == "hang":
        wait_for(lambda: media(site, "pictures/a.webp")[0] == 200)
        assert media(site, logo)[0] == 200
        assert upload(site, cookie, data | {"photo": picture()})[0] == 302


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.fixture
def bucket_here(settings, bucket):
    """Keep the uploads of this process in a bucket."""
    settings.STORAGES = settings.STORAGES | {"default": upload_storage(bucket)}
    return bucket


def test_kept_file_out_of_reach_is_not_lost(server, bucket_here, staff_client, meeting):
    token = keep(picture())
    data = new_person(staff_client) | {"photo-kept": token}
    try:
        server.hang()
        refused = staff_client.post(ADD, data)
    finally:
        server.go_on()
    form = refused.context["adminform"].form
    again = f'name="photo-kept" value="{token}"' in refused.context["carried"]
    wait_for(lambda: reads(token))

    saved = staff_client.post(ADD, data)

    assert (list(form.errors), again) == (["photo"], True)
    assert saved.status_code == 302
    assert Person.objects.get().photo.name.startswith("pictures/")


def reads(token):
    try:
        return fetch(token)
    except OSError:
        return None


def test_worker_discards_old_files_of_object_storage(bucket_here):
    tokens = [keep(ContentFile(b"foto", name="foto.jpg")) for _n in range(2)]
    storage = object_storage.storage_at(bucket_here)
    storage.save("pictures/a.webp", ContentFile(b"webp"))

    kept = discard_old_uploads(timezone.now())
    discarded = discard_old_uploads(timezone.now() + timedelta(hours=25))

    assert (kept, discarded) == (0, 2)
    assert list(storage.names()) == ["pictures/a.webp"]
    assert [fetch(token) for token in tokens] == [None, None]
    assert FOLDER not in storage.listdir("")[0]


# Backups


class Machines(Operator):
    """Types commands on machines that differ in their storage too."""

    storage = ""

    def variables(self, url):
        return super().variables(url) | {"STORAGE_URL": self.storage}


def contents(storage):
    found = {}
    for name in storage.names():
        with storage.open(name) as file:
            found[name] = file.read()
    return found


def test_backup_moves_uploads_between_a_folder_and_object_storage(inbox, tmp_path, bucket, server):
    document = factories.document(file="documents/ab/Guía – ñ.pdf")
    factories.person(photo="pictures/a.webp")
    first, second = object_storage.storage_at(bucket), server.new_bucket()
    uploads = {document.file.name: large(), "pictures/a.webp": b"webp", "kept/x/b.pdf": b""}
    for name, content in uploads.items():
        first.save(name, ContentFile(content))
    operator = Machines(inbox, tmp_path)
    operator.storage = bucket
    backup = operator.back_up(database_url())
    folder = tmp_path / "shared"
    with empty_database(connection.vendor, tmp_path) as new:
        operator.storage = f"file://{folder}"
        operator.manage(new, "restore", backup)
        again = operator.back_up(new)
        in_folder = contents(FolderStorage(location=folder))

        operator.storage = second
        stale = object_storage.storage_at(second)
        stale.save("pictures/a.webp", ContentFile(b"older"))
        stale.save("pictures/other.webp", ContentFile(b"other"))
        stale.save(".restoring/pictures/a.webp", ContentFile(b"half"))
        operator.manage(new, "restore", again, "--replace", "--noinput")
        last = operator.back_up(new)

    assert in_folder == uploads
    assert contents(object_storage.storage_at(second)) == uploads
    assert sums(backup) == sums(again) == sums(last)


def test_restore_into_storage_that_is_away_changes_nothing(inbox, tmp_path, bucket):
    document = factories.document(file="documents/ab/a.pdf")
    object_storage.storage_at(bucket).save(document.file.name, ContentFile(b"%PDF"))
    operator = Machines(inbox, tmp_path)
    operator.storage = bucket
    backup = operator.back_up(database_url())
    Document.objects.update(title_es="Más tarde")
    operator.storage = f"s3://key:secret@127.0.0.1:{mail_server.free_port()}/eim?tls=0"

    code, said = operator.run(database_url(), "restore", backup, "--replace", "--noinput")

    assert (code, "Nothing was changed." in said) == (1, True)
    assert Document.objects.get().title_es == "Más tarde"


# Behind nginx


@pytest.mark.skipif(not nginx.NGINX, reason=nginx.MISSING)
def test_nginx_keeps_pictures_and_passes_on_parts_of_documents(start, bucket, tmp_path):
    storage = object_storage.storage_at(bucket)
    storage.save("pictures/a.webp", ContentFile(bytes(1000)))
    storage.save("documents/x/a.pdf", ContentFile(bytes(1000)))
    site = start(bucket)
    part = {"Range": "bytes=10-19"}
    with nginx.in_front_of(site.port, tmp_path) as proxy:
        pictures = [get(proxy, "/media/pictures/a.webp", **part) for _time in range(2)]
        documents = [get(proxy, "/media/documents/x/a.pdf", **part) for _time in range(2)]
        _status, headers, body = media(proxy, "pictures/a.webp", **part)

    assert pictures == [(206, "MISS"), (206, "HIT")]
    assert documents == [(206, "-")] * 2
    assert (headers["Content-Range"], body) == ("bytes 10-19/1000", bytes(10))
