"""`turn_over`: what it refuses, what goes and what stays, and that no key is given twice."""

import json
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.storage.memory import InMemoryStorage
from django.core.management import CommandError, call_command
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from eim.backups.next_keys import next_keys
from eim.backups.rows import sum_rows
from eim.backups.schema import present_tables
from eim.editions import deleting
from eim.editions.outliving import EMPTIED, KEPT, emptied_models
from eim.lib.uploads.storage import StorageAway
from programme import moderation
from programme.models import Edition, Meeting, Person, Session
from registration import tokens
from registration.models import (
    ConsentCount,
    ErasureLog,
    NewsAddress,
    Quota,
    Registration,
    Suppression,
)
from tests import factories
from tests.editions import hand_on
from tests.editions.hand_on import turn_over
from tests.reading import parsed, text

pytestmark = pytest.mark.django_db


def sums():
    return {model._meta.db_table: str(sum_rows(model)) for model in present_tables()}


def refusal(*arguments, **options):
    """Return the sentence with which it refuses, having changed no row."""
    before = sums()
    with pytest.raises(CommandError) as refused:
        turn_over(*arguments, **options)
    assert sums() == before
    return str(refused.value)


def consent_to(registration, **facts):
    return factories.consent(registration=registration, **facts)


# What it refuses


def test_every_table_is_said_to_go_or_to_stay():
    tables = {model._meta.label for model in apps.get_models(include_auto_created=True)}

    assert tables == {*EMPTIED, *KEPT}
    assert len(tables) == len(EMPTIED) + len(KEPT)


def test_site_without_a_meeting_and_file_of_the_same_one_are_refused(data_dir, frozen_11):
    of_the_same = refusal(file=hand_on.FILE_11)
    Meeting.objects.all().delete()

    assert "The file is of the meeting 11 too" in of_the_same
    assert "There is no meeting yet" in refusal()


def test_refused_while_the_meeting_goes_on(frozen_11, time_machine):
    time_machine.move_to(hand_on.IN_LIMA, tick=False)

    assert refusal() == "The meeting is not over yet. Nothing was changed."


def test_refused_before_the_purge(frozen_11, data_dir):
    factories.registration()
    factories.registration(full_name="", erased_at=hand_on.LATER)
    before = refusal()
    call_command("purge_personal_data", verbosity=0)

    turn_over()

    assert before == (
        "Personal data of 1 people are stored: they are kept until 2025-05-26, then "
        "purge_personal_data erases them. Nothing was changed."
    )


def test_refused_while_names_are_kept_until_somebody_says_they_may_go(frozen_11):
    registration = factories.registration()
    consent_to(registration, purpose="certificate")
    call_command("purge_personal_data", verbosity=0)

    assert refusal().startswith("1 people have asked that their names be kept")
    turn_over("--erase-names")
    assert [(e.cause, e.people) for e in ErasureLog.objects.order_by("pk")] == [
        ("personal", 1),
        ("personal", 1),
    ]


def test_refused_without_a_whole_frozen_edition_of_the_present_version(frozen_11):
    version = Meeting.objects.get().version
    hand_on.freeze(version=version - 1)
    of_another_version = refusal()
    hand_on.freeze(number=12, folder=frozen_11)
    of_another_meeting = refusal()
    hand_on.freeze()
    (frozen_11 / "data/site/es/index.html").write_text("other")
    damaged = refusal()
    (frozen_11 / "bagit.txt").unlink()
    missing = refusal()

    assert f"since it was frozen: {version - 1}, now {version}." in of_another_version
    assert "is of the meeting 12, not of 11." in of_another_meeting
    assert "es/index.html is not as it was written" in damaged
    assert f"Freeze it first: manage.py freeze {frozen_11}. Nothing was changed." in missing


def test_refused_with_a_copy_that_was_made_too_early_or_for_another_place(frozen_11):
    hand_on.freeze(**{"Bagging-Date": "2024-11-27"})
    too_early = refusal()
    hand_on.freeze(**{"EIM-Base": "/lima/"})
    elsewhere = refusal()
    cancelled_at = datetime(2024, 10, 2, 3, tzinfo=UTC)  # still the 1st in Lima
    Meeting.objects.update(standing="cancelled", standing_since=cancelled_at)
    hand_on.freeze(**{"Bagging-Date": "2024-10-01"})
    too_early_for_one_cancelled = refusal()
    hand_on.freeze(**{"Bagging-Date": "2024-10-02"})
    turn_over()

    how = f"Move {frozen_11} away and freeze the meeting anew: manage.py freeze {frozen_11}."
    assert too_early == (
        "It was frozen on 2024-11-27, before the meeting was over: 2024-11-27 was the last day. "
        f"{how} Nothing was changed."
    )
    assert elsewhere == (
        "The copy is made to lie at /lima/, not at /11/: leave out --base. "
        f"{how} Nothing was changed."
    )
    assert "frozen on 2024-10-01, before" in too_early_for_one_cancelled


def test_file_with_a_fault_empties_nothing(frozen_11, tmp_path):
    faulty = json.loads(hand_on.FILE_13.read_text())
    faulty["sessions"][0]["room"] = "Z"
    (tmp_path / "faulty.json").write_text(json.dumps(faulty))

    assert "sessions[0].room" in refusal(file=tmp_path / "faulty.json")


def test_dry_run_says_what_would_go_and_stay_and_changes_nothing(frozen_11):
    factories.suppression()
    before = sums()

    output = turn_over("--dry-run")

    assert sums() == before
    assert output.startswith(
        "Rows that would be emptied: programme_part 1, programme_session 1, programme_person 1, "
        "programme_meeting 1.\n"
    )
    assert "registration_suppression 1" in output
    assert output.endswith("Nothing was changed.\n")


# What goes and what stays


def test_rows_said_to_be_kept_are_those_of_before(frozen_11):
    Edition.objects.all().delete()
    factories.consent(registration=factories.registration(full_name="", erased_at=hand_on.LATER))
    factories.suppression()
    kept = [apps.get_model(label) for label in KEPT]
    counts = {model._meta.db_table: model.objects.count() for model in kept}
    expected = ", ".join(f"{table} {count}" for table, count in counts.items() if count)

    output = turn_over()

    assert f"\nRows that were kept: {expected}.\n" in output
    assert (Edition.objects.count(), ConsentCount.objects.count()) == (1, 1)


def test_next_meeting_is_there_and_nothing_of_the_last_one(frozen_11):
    version = Meeting.objects.get().version
    factories.notice()
    factories.reminder()
    factories.question(session=Session.objects.first(), name="", text="¿?")
    factories.removal(session=Session.objects.first())

    turn_over()

    meeting = Meeting.objects.get()
    assert (meeting.number, meeting.time_zone, meeting.first_language) == (
        13,
        "America/Belem",
        "pt",
    )
    assert meeting.version > version
    assert {model._meta.label: model.objects.count() for model in emptied_models()} == (
        dict.fromkeys(EMPTIED, 0)
        | {"programme.Meeting": 1, "programme.Session": 2, "programme.Room": 1}
        | {"programme.Theme": 1, "programme.Person": 1, "programme.Part": 1}
        | {"registration.Quota": 2, "programme.Change": 2}
    )


def test_staff_promises_and_the_series_stay(frozen_11, organiser, sign_in):
    client = sign_in(organiser)
    LogEntry.objects.create(user=organiser, action_flag=2, object_repr="Apertura")
    factories.suppression()
    factories.erasure()

    turn_over()

    kept = (LogEntry, TOTPDevice, Suppression, ErasureLog)
    assert [model.objects.count() for model in kept] == [1] * len(kept)
    assert client.get("/admin/").status_code == 200
    edition = Edition.objects.get(number=11)
    assert (edition.year, edition.place_es, edition.first_day.day) == (2024, "Lima", 25)


def test_address_for_news_stays_and_its_link_still_deletes_it(frozen_11, client):
    news = factories.news_address()
    link = reverse("registration:news-stop", args=[tokens.news_token(news)])

    turn_over()

    assert list(NewsAddress.objects.values_list("address", flat=True)) == [news.address]
    assert client.post(link).status_code == 200
    assert not NewsAddress.objects.exists()


def test_meeting_that_was_cancelled_is_no_edition_that_was_held(frozen_11):
    Edition.objects.filter(number=11).delete()
    Meeting.objects.update(standing="cancelled", standing_reason_es="La lluvia.")

    turn_over()

    edition = Edition.objects.get(number=11)
    assert (edition.year, edition.is_bare) == (2024, True)


def test_counts_of_consents_stay_without_the_people(frozen_11):
    for purpose, version in [("privacy", "1"), ("privacy", "1"), ("privacy", "2"), ("image", "1")]:
        anonymous = factories.registration(full_name="", erased_at=hand_on.LATER)
        consent_to(anonymous, purpose=purpose, text_version=version)
    consent_to(
        factories.registration(full_name="", erased_at=hand_on.LATER),
        text_version="2",
        withdrawn_at=hand_on.LATER,
    )

    turn_over()

    rows = ConsentCount.objects.values_list(
        "meeting_number", "purpose", "text_version", "language", "agreed", "withdrawn"
    )
    assert list(rows) == [
        (11, "image", "1", "es", 1, 0),
        (11, "privacy", "1", "es", 2, 0),
        (11, "privacy", "2", "es", 2, 1),
    ]


def test_uploads_of_the_last_meeting_go_once_nothing_refers_to_them(frozen_11):
    names = [default_storage.save(f"pictures/{n}.webp", ContentFile(b"x")) for n in "abc"]
    Person.objects.update(photo=names[0])
    Meeting.objects.update(share_picture=names[1])
    Edition.objects.filter(number=11).update(picture=names[1], picture_alt_es="Lima")

    turn_over("--dry-run")
    before = len(default_storage.listdir("pictures")[1])
    turn_over()

    assert before == 3
    assert sorted(default_storage.listdir("pictures")[1]) == ["b.webp", "c.webp"]


class FaultyStorage(InMemoryStorage):
    """A storage that never deletes one file."""

    def delete(self, name):
        if name == "pictures/b.webp":
            raise StorageAway("The object storage cannot be used.")
        super().delete(name)


class AbsentStorage(InMemoryStorage):
    """A storage that is away at first: as many times as it may be, but for one."""

    refusals = 0

    def delete(self, name):
        if self.refusals < deleting.TRIES - 1:
            self.refusals += 1
            raise StorageAway("The object storage did not answer a moment ago.")
        super().delete(name)


@pytest.fixture
def three_photographs_in(settings, monkeypatch, frozen_11):
    monkeypatch.setattr(deleting, "PAUSE", 0)

    def store(storage):
        backend = {"BACKEND": f"{__name__}.{storage.__name__}"}
        settings.STORAGES = settings.STORAGES | {"default": backend}
        for n in "abc":
            name = default_storage.save(f"pictures/{n}.webp", ContentFile(b"x"))
            factories.person(photo=name)

    return store


def test_storage_that_is_away_for_a_moment_is_asked_again(three_photographs_in):
    three_photographs_in(AbsentStorage)

    output = turn_over()

    assert default_storage.listdir("pictures")[1] == []
    assert "uploads of the last meeting" not in output


def test_storage_that_fails_leaves_one_file_and_the_site_is_handed_on(three_photographs_in, caplog):
    three_photographs_in(FaultyStorage)

    output = turn_over()

    assert Meeting.objects.get().number == 13
    assert default_storage.listdir("pictures")[1] == ["b.webp"]
    assert "This is now the site of the meeting 13.\n1 uploads of the last meeting" in output
    assert "Delete them there: pictures/b.webp.\n" in output
    assert "pictures/b.webp of the last meeting is not deleted" in caplog.text


# Keys, and links of before


def test_no_key_is_given_again(frozen_11):
    factories.registration(full_name="", erased_at=hand_on.LATER)
    counted = [model for model in emptied_models() if model is not Meeting]
    before = next_keys(counted)

    turn_over()

    after = next_keys(counted)
    assert [table for table in before if after[table] < before[table]] == []
    assert before["registration_registration"] == after["registration_registration"]
    assert Session.objects.order_by("pk").first().pk >= before["programme_session"]
    assert Quota.objects.order_by("pk").first().pk >= before["registration_quota"]


def test_links_of_old_mails_open_nobodys_page_and_say_why(client, frozen_11, in_english):
    old = factories.registration()
    links = [
        reverse("registration:own", args=[tokens.own_token(old)]),
        reverse("registration:confirm", args=[tokens.confirm_token(old)]),
        reverse("registration:withdraw", args=[tokens.withdraw_token(old)]),
    ]
    stop = reverse("registration:stop", args=[tokens.stop_token(old)])
    call_command("purge_personal_data", verbosity=0)
    hand_on.freeze()
    turn_over()
    for _new in range(old.pk):
        factories.registration()

    answers = [client.get(link) for link in links]

    assert Registration.objects.filter(pk=old.pk).count() == 0
    assert [answer.status_code for answer in answers] == [410] * 3
    assert ["about an earlier meeting" in text(parsed(answer)) for answer in answers] == [True] * 3
    assert client.post(stop).status_code == 200
    assert Suppression.objects.count() == 1


def test_link_whose_row_a_restored_backup_lacks_is_not_of_an_earlier_meeting(client, db):
    factories.meeting()
    factories.registration()
    lost = factories.registration()
    link = reverse("registration:own", args=[tokens.own_token(lost)])
    lost.delete()

    answer = client.get(link)

    assert answer.status_code == 410
    assert "un encuentro anterior" not in text(parsed(answer))


def test_moderators_of_the_last_opening_do_not_moderate_the_next(client, frozen_11):
    session = Session.objects.get(code="INAUG")
    link = reverse("programme:question-list", args=[moderation.moderators_token(session)])
    turn_over()

    assert Session.objects.get(code="INAUG").moderators_link_version == 0
    assert client.get(link).status_code == 410


def test_calendar_entry_of_the_last_opening_is_not_moved_to_the_next(client, frozen_11):
    before = client.get("/programme/conferencia-inaugural.ics").content.decode()
    turn_over()

    after = client.get("/programme/conferencia-inaugural.ics").content.decode()

    assert ("UID:11-INAUG@testserver" in before, "UID:13-INAUG@testserver" in after) == (True, True)
    assert "11-INAUG" not in after
