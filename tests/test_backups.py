"""Backups of the database of the tests, written and restored in this process; see the drill too."""

import gzip
import json
import os
import resource
import shutil
import stat
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from eim.backups import last_backup
from eim.backups.folders import only_writer
from eim.backups.manifests import MANIFEST, SUMS, files_of, read_manifest, sum_of
from eim.backups.outlasting import GIVEN_SINCE, Outlasting, delete_news_again
from eim.backups.rows import AT_ONCE, RowSum, line_of
from eim.backups.schema import settle
from eim.editions.bags import bag_info, seal
from programme.models import Meeting, Notice, Session
from registration.actions import erase
from registration.models import NewsAddress, Registration, Suppression, Throttle
from tests import factories
from tests.editions import hand_on
from tests.editions.frozen_copies import bytes_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def frozen_clock(running_clock):
    """Let the clock run: connection pools wait by it."""


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    """Let nothing wait for the disk, as the tests' SQLite does not; the drill's processes do."""
    monkeypatch.setattr("os.fsync", lambda _descriptor: None)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "backups"


def run(*arguments, **options):
    output = StringIO()
    call_command(*map(str, arguments), stdout=output, **options)
    return output.getvalue()


def backed_up(root):
    """Write a backup and return its folder."""
    return root / run("backup", root).partition(":")[0].rpartition("/")[2]


def restore(folder):
    return run("restore", folder, "--replace", "--noinput")


def sums(folder):
    """Return what the rows of each table add up to, but for the meeting's, whose version rises."""
    tables = read_manifest(folder).tables
    return {name: (t.rows, t.sum) for name, t in tables.items() if name != "programme_meeting"}


def sign(folder, manifest):
    """Write a manifest, and the sums anew, as if the backup had been made as it is now."""
    (folder / MANIFEST).write_bytes(manifest)
    names = [name for name in files_of(folder) if name != SUMS]
    (folder / SUMS).write_text("".join(f"{sum_of(folder / name)}  {name}\n" for name in names))


def change_manifest(folder, **changes):
    manifest = json.loads((folder / MANIFEST).read_text())
    sign(folder, json.dumps(manifest | changes).encode())


def full_site():
    """Create rows in many tables: with files, lists of codes, decimals, nothing, and no text."""
    factories.meeting(latitude=Decimal("-12.046374"), longitude=Decimal("-77.042793"))
    user = factories.user(username="organiza", permissions=["registration.view_registration"])
    session = factories.workshop(sign_languages=["ils", "bzs"])
    factories.part(session=session)
    for _n in range(3):
        message = factories.message(state="sent")
        factories.consent(registration=message.registration)
    factories.place(quota=factories.quota(), registration=message.registration)
    factories.channel()
    factories.question(session=session)
    return user


def test_restored_tables_are_the_same_to_the_row(root):
    user = full_site()
    first = backed_up(root / "first")
    Registration.objects.update(full_name="Otra", email="otra@museo.example")
    factories.notice()
    user.delete()

    output = restore(first)

    assert sums(backed_up(root / "second")) == sums(first)
    assert "every table the same" in output


def test_more_rows_than_a_page_are_all_read_and_written(root):
    window = datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    rows = [Throttle(key=f"k{n}", window_at=window) for n in range(2 * AT_ONCE + 1)]
    Throttle.objects.bulk_create(rows)
    backup = backed_up(root)
    Throttle.objects.all().delete()

    restore(backup)

    assert read_manifest(backup).tables["registration_throttle"].rows == 2 * AT_ONCE + 1
    assert set(Throttle.objects.values_list("key", "window_at")) == {(t.key, window) for t in rows}


def test_nobody_else_reads_a_backup_whatever_the_umask(root, meeting):
    save_upload("people/ana.jpg", b"ana")
    before = os.umask(0)
    try:
        backed_up(root)
    finally:
        os.umask(before)

    assert modes_of(root, *root.rglob("*")) == {(True, 0o700), (False, 0o600)}


def modes_of(*paths):
    """Return whether each path is a folder, and what it allows to whom."""
    return {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in paths}


DAMAGES = [
    (lambda backup: (backup / "rows/auth_user.jsonl.gz").unlink(), "auth_user.jsonl.gz is missing"),
    (lambda backup: (backup / "rows/other").touch(), "rows/other does not belong to it"),
    (lambda backup: (backup / MANIFEST).write_text("{}"), "manifest.json is not as it was written"),
    (lambda backup: (backup / SUMS).unlink(), "SHA256SUMS cannot be read"),
    (lambda backup: (backup / MANIFEST).unlink(), "not a complete backup"),
    (lambda backup: change_manifest(backup, format=2), "has format 2; this code reads 1"),
    (lambda backup: change_manifest(backup, tables=[]), "manifest.json is not one of a backup"),
    (lambda backup: sign(backup, b"\xff"), "manifest.json is not one of a backup"),
    (
        lambda backup: change_manifest(backup, files={"media/../../evil": 3}),
        r"is of other files: media/\.\./\.\./evil, rows/auth_group\.jsonl\.gz",
    ),
]


def test_damaged_backup_is_refused_and_nothing_is_changed(root, meeting):
    backup = backed_up(root)

    for number, (damage, words) in enumerate(DAMAGES):
        damage(damaged := shutil.copytree(backup, root / f"damaged-{number}"))
        with pytest.raises(CommandError, match=words):
            restore(damaged)

    assert list(Meeting.objects.values_list("pk", "version")) == [(meeting.pk, meeting.version)]


def test_backup_of_a_newer_version_is_refused_with_the_migration(root, meeting):
    backup = backed_up(root)
    migrations = json.loads((backup / MANIFEST).read_text())["migrations"]
    migrations["programme"].append("9999_later")
    change_manifest(backup, migrations=migrations)

    with pytest.raises(CommandError, match=r"does not know the migration programme\.9999_later"):
        restore(backup)


def test_database_with_rows_is_left_as_it_is_unless_told_to_replace(root, meeting, monkeypatch):
    backup = backed_up(root)

    with pytest.raises(CommandError, match="there are rows in programme_meeting"):
        run("restore", backup)
    monkeypatch.setattr("builtins.input", lambda _question: "no")
    with pytest.raises(CommandError, match=r"^Nothing was changed\.$"):
        run("restore", backup, "--replace")

    assert Meeting.objects.get().version == meeting.version


def test_empty_database_takes_a_backup_without_being_asked(root, meeting):
    backup = backed_up(root)
    Meeting.objects.all().delete()

    run("restore", backup)

    assert Meeting.objects.get().pk == meeting.pk


def test_frozen_editions_come_back_from_a_backup_where_they_are_missing(
    root, meeting, settings, tmp_path
):
    settings.DATA_DIR = tmp_path / "data"
    ninth, tenth, eleventh = (hand_on.freeze(number=n, version=1) for n in (9, 10, 11))
    (ninth / "data/site/odd.bin").write_text("changed")
    whole = bytes_of(eleventh)
    output = run("backup", root)
    (backup,) = root.glob("20*")
    shutil.rmtree(eleventh)
    # Somebody wanted it removed.
    (tenth / "data/site/odd.bin").unlink()
    seal(tenth, bag_info(tenth))

    restore(backup)

    assert read_manifest(backup).editions == [10, 11]
    assert "Frozen editions in it: 10, 11.\nThe frozen edition 9 is not in the backup:" in output
    assert bytes_of(eleventh) == whole
    assert not (tenth / "data/site/odd.bin").exists()
    assert {path.name for path in eleventh.parent.iterdir()} == {"9", "10", "11"}
    assert modes_of(*eleventh.rglob("*")) == {(True, 0o700), (False, 0o600)}


@pytest.mark.parametrize(
    ("registration", "words"),
    [
        # Nobody's consent, one of nobody who is there, and no consent at all.
        ([None], "The database refuses the backup: .*registration_id"),
        ([9], "The database refuses the backup: .*registration_id"),
        ([], "registration_consent has 0 rows, and they are not the backup's 1"),
    ],
)
def test_restore_that_fails_leaves_all_rows_as_they_were(root, meeting, registration, words):
    consent = factories.consent()
    save_upload("docs/a.pdf", b"old")
    backup = backed_up(root)
    put_consents(backup, registration)
    save_upload("docs/a.pdf", b"newer")

    with pytest.raises(CommandError, match=rf"{words}[\s\S]*\. Nothing was changed\.$"):
        restore(backup)

    assert Registration.objects.get().consents.get() == consent
    assert all_uploads() == {"docs/a.pdf": b"newer"}


def put_consents(backup, registrations):
    """Write consents of these registrations into a backup in place of its own."""
    name = "rows/registration_consent.jsonl.gz"
    rows = backup / name
    manifest = json.loads((backup / MANIFEST).read_text())
    tables, files = manifest["tables"], manifest["files"]
    table = tables["registration_consent"]
    values = json.loads(gzip.decompress(rows.read_bytes()))
    with gzip.open(rows, "w") as file:
        for registration in registrations:
            values[table["columns"].index("registration_id")] = registration
            total = RowSum()
            file.write(total.add(line_of(values)))
            table["sum"] = str(total)
    change_manifest(backup, tables=tables, files=files | {name: rows.stat().st_size})


def test_keys_never_start_again_after_a_restore(root, meeting):
    factories.notice()
    Notice.objects.all().delete()
    given = factories.registration().pk
    backup = backed_up(root)
    manifest = read_manifest(backup)

    restore(backup)

    assert manifest.tables["registration_registration"].next_key == given + 1
    assert factories.registration().pk == given + 1 + GIVEN_SINCE
    assert factories.notice().pk == manifest.tables["programme_notice"].next_key + GIVEN_SINCE > 1


def test_restored_version_is_one_that_no_address_had(root, meeting):
    backup = backed_up(root)
    Meeting.objects.update(version=GIVEN_SINCE * 3)

    restore(backup)

    assert Meeting.objects.get().version == GIVEN_SINCE * 4


def test_who_was_erased_after_the_backup_is_erased_again(root, meeting):
    gone, other = factories.registration(full_name="Ana"), factories.registration(full_name="Eva")
    backup = backed_up(root)
    erase(gone)

    output = restore(backup)

    assert "Erased again, as in the database that was replaced: 1." in output
    assert list(Registration.objects.order_by("pk").values_list("pk", "full_name")) == [
        (gone.pk, ""),
        (other.pk, "Eva"),
    ]


def test_who_asked_after_the_backup_for_no_mails_gets_none_after_the_restore(root, meeting):
    reminders, nothing, more = [{"mailbox": n * 64, "is_of_reminders": n != "b"} for n in "abc"]
    factories.suppression(**more)
    backup = backed_up(root)
    factories.suppression(**reminders)
    factories.suppression(**nothing, reason="refused")
    Suppression.objects.filter(mailbox="c" * 64).update(is_of_reminders=False)
    rows = Suppression.objects.order_by("mailbox")
    before = list(rows.values("mailbox", "is_of_reminders", "reason", "created_at"))

    output = restore(backup)

    assert "Taken off the e-mails again, as in the database that was replaced: 3." in output
    assert list(rows.values("mailbox", "is_of_reminders", "reason", "created_at")) == before


def test_addresses_for_news_that_were_taken_back_after_the_backup_stay_deleted(root, meeting):
    gone, other = factories.news_address(), factories.news_address()
    backup = backed_up(root)
    gone.delete()

    restore(backup)

    assert list(NewsAddress.objects.values_list("pk", flat=True)) == [other.pk]


def test_addresses_for_news_stay_in_a_database_that_never_had_them(meeting):
    factories.news_address()

    delete_news_again(Outlasting())

    assert NewsAddress.objects.count() == 1


def test_every_migration_runs_in_the_transaction_of_a_restore():
    migrations = MigrationLoader(connection).disk_migrations

    assert [name for name, migration in migrations.items() if not migration.atomic] == []


def test_uploads_come_back_under_their_names(root, meeting):
    save_upload("people/ñandú.jpg", b"first")
    backup = backed_up(root)
    save_upload("people/ñandú.jpg", b"second")
    save_upload("documents/new.pdf", b"ana")

    restore(backup)

    assert all_uploads() == {"people/ñandú.jpg": b"first"}


def test_restored_uploads_are_their_owners_alone_whatever_the_umask(root, meeting):
    save_upload("people/ana.jpg", b"ana")
    backup = backed_up(root)
    uploads = Path(default_storage.path(""))
    shutil.rmtree(uploads)
    before = os.umask(0)
    try:
        restore(backup)
    finally:
        os.umask(before)

    assert modes_of(uploads, *uploads.rglob("*")) == {(True, 0o700), (False, 0o600)}


def save_upload(name, content):
    default_storage.delete(name)
    default_storage.save(name, ContentFile(content))


def all_uploads():
    """Return the content of every file there is among the uploads, by its name."""
    folder = Path(default_storage.path(""))
    return {name: (folder / name).read_bytes() for name in files_of(folder)}


@pytest.fixture
def full_disk():
    """Let no file grow beyond 1 MB, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_uploads_stay_as_they_were_where_the_disk_is_full(root, meeting, full_disk):
    save_upload("docs/a.pdf", b"old")
    save_upload("docs/b.pdf", bytes(1_000_001))
    backup = backed_up(root)
    save_upload("docs/a.pdf", b"newer")
    save_upload("docs/b.pdf", b"newer")

    full_disk()
    with pytest.raises(CommandError, match=r"File too large.*\. Nothing was changed\.$"):
        restore(backup)

    assert all_uploads() == {"docs/a.pdf": b"newer", "docs/b.pdf": b"newer"}


def test_uploads_stay_as_they_were_where_one_finds_no_place(root, meeting):
    save_upload("docs/a.pdf", b"old")
    save_upload("talks/b.pdf", b"old")
    backup = backed_up(root)
    save_upload("docs/a.pdf", b"newer")
    default_storage.delete("talks/b.pdf")
    default_storage.delete("talks")
    save_upload("talks", b"newer")

    with pytest.raises(CommandError, match=r"no place for talks/b\.pdf. Nothing was changed\.$"):
        restore(backup)

    assert all_uploads() == {"docs/a.pdf": b"newer", "talks": b"newer"}


def test_uploads_that_fail_after_the_rows_are_named_and_nobody_erased_is_back(root, meeting):
    save_upload("docs/a.pdf", b"old")
    registration = factories.registration(full_name="Ana")
    backup = backed_up(root)
    erase(registration)
    default_storage.delete("docs/a.pdf")
    default_storage.delete("docs")
    Path(default_storage.path("docs")).symlink_to("nowhere")

    with pytest.raises(CommandError, match=r"File exists.*All rows are restored, but not all upl"):
        restore(backup)

    assert Registration.objects.get().full_name == ""


def test_uploads_that_a_killed_restore_has_left_are_in_no_address_and_no_backup(
    root, client, meeting
):
    save_upload(".restoring/kept/a.pdf", b"ana")
    backup = backed_up(root)

    assert client.get("/media/.restoring/kept/a.pdf").status_code == 404
    assert read_manifest(backup).uploads == []
    restore(backup)
    assert all_uploads() == {}


def test_upload_that_is_deleted_meanwhile_is_named(root, meeting, settings):
    settings.MEDIA_ROOT.mkdir()
    # Listed, but not there when it is opened.
    (settings.MEDIA_ROOT / "gone.jpg").symlink_to("nowhere")

    assert "Deleted meanwhile, and not in the backup: gone.jpg." in run("backup", root)


def test_backup_that_fails_leaves_nothing(root, meeting, settings):
    settings.MEDIA_ROOT.mkdir()
    (settings.MEDIA_ROOT / "loop").symlink_to("loop")

    with pytest.raises(CommandError, match="No backup was made"):
        run("backup", root)

    assert [path.name for path in root.iterdir()] == [".lock"]


def test_backup_beside_another_one_is_refused(root, meeting):
    with only_writer(root), pytest.raises(CommandError, match="Another backup is being written"):
        run("backup", root)


def test_newest_backups_are_kept_and_what_was_begun_is_not_one(root, meeting, settings):
    settings.BACKUP_DIR = root
    assert last_backup() is None
    for hour in (1, 2, 3):
        (root / f"2026-01-01T0{hour}0000Z").mkdir(parents=True)
    (root / ".2099-01-01T000000Z.partial").mkdir()
    (root / "own").mkdir()

    output = run("backup", keep=2)

    names = sorted(path.name for path in root.iterdir())
    assert "Older backups removed: 2." in output
    assert names[:2] == [".lock", "2026-01-01T030000Z"]
    assert names[3:] == ["own"]
    assert last_backup() == datetime.strptime(names[2], "%Y-%m-%dT%H%M%S%z")


def test_staff_sign_in_again_after_a_restore(root, staff_client, meeting):
    backup = backed_up(root)

    restore(backup)

    assert staff_client.get("/admin/").status_code == 302
    assert "django_session" not in read_manifest(backup).tables


def test_migration_that_writes_rows_and_alters_their_table_can_follow_restored_rows(db):
    with transaction.atomic():
        session = factories.session(theme=factories.theme())

        settle("apply_success")
        Session.objects.filter(pk=session.pk).update(title="Clausura")
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE programme_session ADD COLUMN later integer")

        assert Session.objects.get().title == "Clausura"
        transaction.set_rollback(True)
