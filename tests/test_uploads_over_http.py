"""Uploads are sent whole or in part, and not again to a browser that has them."""

import errno

import pytest
from django.utils.http import http_date

from eim.environment import upload_folder, upload_storage
from eim.lib.uploads.folder import FolderStorage
from eim.lib.uploads.object_storage import ObjectStorage
from eim.lib.uploads.storage import StorageAway

NAME = "documents/x/video.pdf"
SIZE = 1000
CONTENT = bytes(number % 251 for number in range(SIZE))


@pytest.fixture
def address(settings, db):
    file = settings.MEDIA_ROOT / NAME
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    return f"/media/{NAME}"


def asked(client, address, method="get", **headers):
    """Return status, body, and the headers that say which part it is."""
    response = getattr(client, method)(address, headers=headers)
    body = b"".join(response) if response.streaming else response.content
    response.close()
    names = ("Content-Range", "Content-Length")
    return response.status_code, body, [response.headers.get(name) for name in names]


PARTS = {
    "bytes=0-99": (0, 100),
    "bytes=100-": (100, 1000),
    "bytes=-100": (900, 1000),
    "bytes=-5000": (0, 1000),
    "BYTES= 990-5000": (990, 1000),
    "bytes=999-999": (999, 1000),
}


@pytest.mark.parametrize("part", PARTS)
def test_part_of_an_upload_is_sent(client, address, part):
    start, stop = PARTS[part]

    status, body, headers = asked(client, address, Range=part)

    assert (status, body) == (206, CONTENT[start:stop])
    assert headers == [f"bytes {start}-{stop - 1}/{SIZE}", str(stop - start)]


@pytest.mark.parametrize("part", ["bytes=1000-", "bytes=1000-2000", "bytes=-0"])
def test_part_beyond_the_end_is_refused_with_the_size(client, address, part):
    assert asked(client, address, Range=part) == (416, b"", [f"bytes */{SIZE}", "0"])


WHOLE = ["bytes=", "bytes=-", "bytes=5-3", "bytes=a-b", "lines=0-9", "0-9", "bytes=0-1,5-6"]


@pytest.mark.parametrize("part", [*WHOLE, "bytes=" + "1" * 5000 + "-", "bytes=٣-٥"])
def test_range_that_cannot_be_read_or_names_several_brings_the_whole(client, address, part):
    assert asked(client, address, Range=part) == (200, CONTENT, [None, str(SIZE)])


def test_empty_upload_is_sent_and_has_no_part(client, address, settings):
    (settings.MEDIA_ROOT / NAME).write_bytes(b"")

    assert asked(client, address) == (200, b"", [None, "0"])
    assert asked(client, address, Range="bytes=0-") == (416, b"", ["bytes */0", "0"])


def test_part_is_sent_only_of_the_file_of_which_the_client_has_the_rest(client, address):
    response = client.get(address)
    response.close()
    etag, modified = response.headers["ETag"], response.headers["Last-Modified"]
    states = [etag, modified, f"W/{etag}", '"other"', http_date(0)]

    statuses = {
        state: asked(client, address, Range="bytes=0-9", **{"If-Range": state})[0]
        for state in states
    }

    assert list(statuses.values()) == [206, 206, 200, 200, 200]


def test_browser_that_has_an_upload_is_not_sent_it_again(client, address):
    response = client.get(address)
    response.close()
    etag, modified = response.headers["ETag"], response.headers["Last-Modified"]
    conditions = [
        {"If-None-Match": etag},
        {"If-Modified-Since": modified},
        {"If-None-Match": '"other"', "If-Modified-Since": modified},
        {"If-Match": '"other"'},
    ]

    statuses = [asked(client, address, **condition)[0] for condition in conditions]
    kept = client.get(address, headers=conditions[0])

    assert statuses == [304, 304, 200, 412]
    assert (kept.headers["ETag"], kept.headers["Cache-Control"]) == (
        etag,
        "public, max-age=86400, s-maxage=15",
    )


def test_head_names_the_whole_size_and_sends_nothing(client, address):
    assert asked(client, address, "head") == (200, b"", [None, str(SIZE)])
    assert asked(client, address, "head", Range="bytes=0-9") == (200, b"", [None, str(SIZE)])


def test_every_answer_about_an_upload_is_safe(client, address):
    for headers in ({}, {"Range": "bytes=0-9"}, {"Range": "bytes=5000-"}):
        response = client.get(address, headers=headers)
        response.close()
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert response.headers["Content-Disposition"] == 'attachment; filename="video.pdf"'
    assert response.headers["Cache-Control"] == "no-store"


# STORAGE_URL


@pytest.mark.parametrize(
    "path",
    [
        "pictures%5C..%5Cdocuments%5Cx%5Cvideo.pdf",
        "documents%5Cx%5Cvideo.pdf",
        "/documents/x/video.pdf",
    ],
)
def test_name_that_a_storage_might_take_for_another_is_not_there(client, address, path):
    assert client.get(f"/media/{path}").status_code == 404


class FullAfterTheFirst:
    """A file for which there is no room: it fails after its first part."""

    def __init__(self, name):
        self.name = name

    def chunks(self):
        yield b"first"
        raise OSError(errno.ENOSPC, "No space left on device")


def test_upload_that_does_not_fit_leaves_nothing_and_its_neighbour_as_it_was(address, settings):
    storage = FolderStorage()

    with pytest.raises(StorageAway):
        storage._save("documents/x/other.pdf", FullAfterTheFirst("other.pdf"))
    with pytest.raises(StorageAway):
        storage._save(NAME, FullAfterTheFirst("video.pdf"))

    files = {
        path.name: path.read_bytes() for path in (settings.MEDIA_ROOT / "documents/x").iterdir()
    }
    assert files[NAME.rpartition("/")[2]] == CONTENT
    assert "other.pdf" not in files


def test_impossible_name_does_not_use_up_the_try_of_a_storage_that_is_back():
    storage = ObjectStorage(**upload_storage("s3://key:secret@127.0.0.1:9/bucket?tls=0")["OPTIONS"])
    storage.breaker.fail()
    storage.breaker.tried_at -= storage.breaker.between_tries

    with pytest.raises(FileNotFoundError):
        storage.find("documents/\x01")

    assert storage.breaker.allows_try()


def test_uploads_are_in_the_folder_that_is_named(settings):
    assert upload_folder("file:///srv/mis%20archivos") == type(settings.BASE_DIR)(
        "/srv/mis archivos"
    )
    assert upload_folder("").name == "media"
    assert upload_storage("file:///srv/uploads") == {
        "BACKEND": f"{FolderStorage.__module__}.FolderStorage"
    }


def test_uploads_are_in_the_bucket_that_is_named():
    url = "s3://llave:s%2F%3A%40%C3%B1@s3.example:9000/eim?region=sa-east-1&prefix=/a/b/&tls=0"

    assert upload_storage(url)["OPTIONS"] == {
        "endpoint_url": "http://s3.example:9000",
        "bucket_name": "eim",
        "region_name": "sa-east-1",
        "location": "a/b",
        "access_key": "llave",
        "secret_key": "s/:@ñ",
        "is_patient": False,
    }


def test_bucket_needs_no_key_in_the_address():
    assert upload_storage("s3://s3.example/eim")["OPTIONS"] == {
        "endpoint_url": "https://s3.example",
        "bucket_name": "eim",
        "region_name": "us-east-1",
        "location": "",
        "is_patient": False,
    }


@pytest.mark.parametrize(
    "url",
    ["s3://k:se/cret@h/b", "s3://h", "s3:///b", "s3://h:x/b", "https://h/b", "/srv", "s3://h/a/b"],
)
def test_unknown_storage_stops_the_start_and_no_secret_is_shown(url):
    with pytest.raises(SystemExit, match=r"^STORAGE_URL is not file:///folder or s3://") as stop:
        upload_storage(url)

    assert "k:se" not in str(stop.value)


@pytest.mark.parametrize("url", ["file://", "file:///", "file://host/srv"])
def test_folder_of_no_name_or_another_machine_stops_the_start(url):
    with pytest.raises(SystemExit, match=r"write file:///folder\."):
        upload_folder(url)
