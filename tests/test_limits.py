"""Refuse bodies that are too large, and files that a page does not take, before they are read."""

import re

import pytest
from django.conf import settings as site_settings
from django.core.files.uploadedfile import SimpleUploadedFile

from eim.middleware.limits import KILOBYTE, MEGABYTE
from programme.models import Document
from registration import tokens
from registration.models import Registration
from tests.registration.helpers import confirmed

FORM, OFFICE = "/en/registration/", "/admin/login/"
TEXT, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"

pytestmark = pytest.mark.django_db


class Untouched:
    """A body that must not be read."""

    def read(self, *_arguments):
        raise AssertionError("The body was read.")

    readline = read


class Short:
    """A body that ends before its Content-Length."""

    def __init__(self, text):
        self.left = text.encode()

    def read(self, size):
        said, self.left = self.left[:size], self.left[size:]
        return said

    readline = read


class Broken:
    """A body of somebody who is too slow, or has gone."""

    def read(self, *_arguments):
        raise ConnectionResetError

    readline = read


def send(client, path, kind, length, body=None):
    facts = {"CONTENT_TYPE": kind, "CONTENT_LENGTH": str(length)}
    return client.generic("POST", path, **facts, **{"wsgi.input": body or Untouched()})


@pytest.mark.parametrize(
    ("path", "kind", "length", "status"),
    [
        (FORM, TEXT, 64 * KILOBYTE + 1, 413),
        (FORM, MULTIPART, 150 * MEGABYTE, 413),
        (FORM, MULTIPART, 1000, 415),
        ("/en/registration/lost-link/", MULTIPART, 1000, 415),
        ("/en/registration/mine/forged/places/", TEXT, MEGABYTE, 413),
        ("/en/", MULTIPART, 1000, 415),
        (OFFICE, MULTIPART, 64 * KILOBYTE + 1, 413),
        (OFFICE, TEXT, 64 * KILOBYTE + 1, 413),
        ("/en/nothing/here/", MULTIPART, 150 * MEGABYTE, 404),
    ],
)
def test_what_a_page_does_not_take_is_refused_unread(client, meeting, path, kind, length, status):
    assert send(client, path, kind, length).status_code == status


@pytest.mark.parametrize(
    ("length", "sentences"),
    [
        (1000, ["Este sitio no recibe archivos aquí", "This site takes no files here"]),
        (MEGABYTE, ["Lo que envió es demasiado grande", "What you sent is too large"]),
    ],
)
def test_refusal_says_why_in_the_languages_of_the_site(client, meeting, length, sentences):
    text = send(client, FORM, MULTIPART, length).text

    assert [sentence in text for sentence in sentences] == [True, True]
    assert re.findall(r'<section class="section" lang="(..)"', text) == ["es", "pt", "en"]


def test_largest_form_of_a_visitor_is_taken(client, meeting):
    padding = "x" * (64 * KILOBYTE - len("needs="))

    response = client.post(FORM, {"needs": padding})

    assert response.status_code == 422


@pytest.mark.parametrize("body", [Short("full_name=Rosa"), Broken()])
def test_half_a_form_is_not_acted_on(client, meeting, body):
    assert send(client, FORM, TEXT, 1000, body).status_code == 400
    assert not Registration.objects.exists()


def test_form_is_read_no_further_than_its_length(client, meeting):
    body = Short("needs=Rampa&website=http://spam.example")

    response = send(client, FORM, TEXT, len("needs=Rampa"), body)

    assert response.context["form"]["needs"].value() == "Rampa"
    assert body.left == b"&website=http://spam.example"


def test_every_form_for_visitors_sends_text(client, meeting):
    own = "/en/registration/mine/" + tokens.own_token(confirmed()) + "/"
    pages = ["/en/", FORM, "/en/registration/lost-link/", own, f"{own}access-needs/"]
    forms = re.findall(r"<form[^>]*>", "".join(client.get(path).text for path in pages))

    assert len(forms) >= len(pages) - 1
    assert [form for form in forms if "enctype" in form] == []


@pytest.fixture
def no_files_on_the_disk(settings, monkeypatch):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0
    monkeypatch.setattr("tempfile.mkstemp", lambda *_a, **_k: pytest.fail("a file was written"))


def test_document_of_a_forgotten_session_leads_to_the_sign_in_page(
    client, meeting, no_files_on_the_disk
):
    file = SimpleUploadedFile("a.pdf", b"x" * 1000)

    response = client.post("/admin/programme/document/add/", {"title_es": "Guía", "file": file})

    assert (response.status_code, response.wsgi_request.FILES) == (302, {})


@pytest.mark.parametrize("page", ["stop", "no-reminders"])
def test_mail_program_stops_mails_with_one_field_as_multipart(
    client, meeting, no_files_on_the_disk, page
):
    field = {"List-Unsubscribe": "One-Click", "file": SimpleUploadedFile("a.png", b"x" * 1000)}
    address = f"/en/registration/{page}/forged/"

    response = client.post(address, field)

    assert response.status_code == client.post(address).status_code == 410
    assert response.wsgi_request.FILES == {}


def test_organisers_upload_documents_of_several_megabytes(staff_client, meeting):
    file = SimpleUploadedFile("guia.pdf", b"%PDF" + b"x" * 3 * MEGABYTE)
    form = {"title_es": "Guía", "language": "es", "order": "1", "file": file}

    staff_client.post("/admin/programme/document/add/", form)

    assert Document.objects.get().file.size == 3 * MEGABYTE + 4


def test_limits_come_first():
    assert site_settings.MIDDLEWARE[0] == "eim.middleware.limits.Limits"
