"""Headers of every answer, addresses of uploads, and how long a session of staff lasts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axes.models import AccessAttempt, AccessLog
from django.contrib.sessions.models import Session as StaffSession
from django.core.management import call_command

from eim.middleware import staff_sessions
from registration import actions
from registration.models import Registration
from tests import factories
from tests.registration.helpers import confirmed

FORM = "/en/registration/"


# Headers


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/en/", 200),
        (FORM, 200),
        ("/healthz", 200),
        ("/programme.ics", 200),
        ("/admin/login/", 200),
        ("/", 302),
        ("/en/nothing-here/", 404),
        ("/media/pictures/none.webp", 404),
        ("/static/none.css", 404),
        ("/en/registration/mine/forged/", 410),
        ("/admin/?a=%00", 400),
    ],
)
def test_every_answer_says_what_pages_may_not_use_and_no_error_is_kept(
    client, meeting, path, status
):
    headers = (response := client.get(path)).headers

    assert response.status_code == status
    assert "camera=(), " in headers["Permissions-Policy"]
    assert status < 400 or "no-store" in headers["Cache-Control"]


@pytest.mark.django_db
def test_unknown_host_and_wrong_method_are_not_kept_either(client, meeting):
    answers = [client.get("/en/", HTTP_HOST="evil.example"), client.post("/en/")]

    assert [answer.status_code for answer in answers] == [400, 405]
    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store"] * 2


# Addresses of uploads


@pytest.mark.django_db
@pytest.mark.parametrize("sign", ["..%2f", "../", "%2e%2e/", ".//", "./"])
def test_document_is_not_reached_through_the_folder_of_pictures(client, settings, tmp_path, sign):
    settings.MEDIA_ROOT = tmp_path
    for name in ("documents", "pictures"):
        Path(tmp_path / name).mkdir()
    (tmp_path / "documents/a.html").write_text("<script>")

    document = client.get("/media/documents/a.html")
    assert b"".join(document) == b"<script>"
    document.close()
    assert client.get(f"/media/pictures/{sign}documents/a.html").status_code == 404


# Sessions of staff


@pytest.mark.parametrize(
    ("hours", "stays"),
    [([1.9], True), ([2.1], False), ([1.9] * 6, True), ([1.9] * 6 + [0.7], False)],
)
def test_session_of_staff_ends_after_twelve_hours_and_after_two_unused(
    staff_client, meeting, time_machine, hours, stays
):
    now = datetime.now(UTC)
    time_machine.move_to(now, tick=False)
    assert staff_client.get("/admin/").status_code == 200

    for pause in hours:
        now += timedelta(hours=pause)
        time_machine.move_to(now, tick=False)
        response = staff_client.get("/admin/")

    assert response.status_code == (200 if stays else 302)


def test_refused_address_after_signing_in_leads_to_the_back_office(settings):
    assert settings.LOGIN_REDIRECT_URL == "admin:index"
    assert staff_sessions.LONGEST.total_seconds() == settings.SESSION_COOKIE_AGE


@pytest.mark.django_db
def test_worker_deletes_ended_sessions_and_old_notes_of_sign_ins(meeting):
    now = datetime.now(UTC)
    for key, age in (("ended", 1), ("running", -1)):
        StaffSession.objects.create(session_key=key, expire_date=now - timedelta(hours=age))
    for model in (AccessLog, AccessAttempt):
        for days in (29, 31):
            facts = {"get_data": "", "post_data": "", "failures_since_start": 1}
            facts = facts if model is AccessAttempt else {}
            row = model.objects.create(username=f"rosa {days}", **facts)
            model.objects.filter(pk=row.pk).update(attempt_time=now - timedelta(days=days))

    call_command("worker", once=True)

    assert [s.session_key for s in StaffSession.objects.all()] == ["running"]
    kept = [model.objects.get().username for model in (AccessLog, AccessAttempt)]
    assert kept == ["rosa 29"] * 2


# SQLite's files


@pytest.mark.django_db(transaction=True)
def test_what_was_erased_is_in_no_file_of_the_database(meeting):
    from django.db import connection

    if connection.vendor != "sqlite":
        return
    registration = confirmed(full_name="Xochitl Irrepetible", needs="Intérprete de quechua")

    actions.erase(Registration.objects.get(pk=registration.pk))

    base = Path(connection.settings_dict["NAME"])
    left = b"".join(path.read_bytes() for path in base.parent.glob(f"{base.name}*"))
    words = ["Xochitl", "xochitl", "quechua", "rosa@museo.example"]
    assert [word.encode() in left for word in words] == [False] * 4
    assert factories.registration().pk
