"""Backups of the database of the tests, written and restored in this process; see the drill too."""

import gzip
import json
import os
import stat
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from eim.backups import last_backup
from eim.backups.folders import only_writer
from eim.backups.manifests import MANIFEST, SUMS, files_of, read_manifest, sum_of
from eim.backups.outlasting import GIVEN_SINCE
from eim.backups.rows import AT_ONCE, RowSum, line_of
from programme.models import Meeting, Notice
from registration.actions import erase
from registration.models import Registration, Throttle
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def frozen_clock(running_clock):
    """Let the clock run: connection pools wait by it."""


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


def signed(folder):
    """Write the sums anew, as if the backup had been made as it is now."""
    names = [name for name in files_of(folder) if name != SUMS]
    (folder / SUMS).write_text("".join(f"{sum_of(folder / name)}  {name}\n" for name in names))


def change_manifest(folder, **changes):
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | changes))
    signed(folder)


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
    default_storage.save("people/ana.jpg", ContentFile(b"ana"))
    before = os.umask(0)
    try:
        backup = backed_up(root)
    finally:
        os.umask(before)

    modes = {
        (path.is_dir(), stat.S_IMODE(path.stat().st_mode))
        for path in [root, backup, *root.rglob("*")]
    }
    assert modes == {(True, 0o700), (False, 0o600)}


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (
            lambda backup: (backup / "rows/auth_user.jsonl.gz").unlink(),
            "auth_user.jsonl.gz is miss",
        ),
        (lambda backup: (backup / "rows/other").touch(), "rows/other does not belong to it"),
        (lambda backup: (backup / MANIFEST).write_text("{}"), "manifest.json is not as it was"),
        (lambda backup: (backup / SUMS).unlink(), "SHA256SUMS cannot be read"),
        (lambda backup: (backup / MANIFEST).unlink(), "not a complete backup"),
        (lambda backup: change_manifest(backup, format=2), "has format 2; this code reads 1"),
    ],
)
def test_damaged_backup_is_refused_and_nothing_is_changed(root, meeting, damage, words):
    backup = backed_up(root)
    damage(backup)

    with pytest.raises(CommandError, match=words):
        restore(backup)

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
    backup = backed_up(root)
    put_consents(backup, registration)

    with pytest.raises(CommandError, match=words):
        restore(backup)

    assert Registration.objects.get().consents.get() == consent


def put_consents(backup, registrations):
    """Write consents of these registrations into a backup in place of its own."""
    rows = backup / "rows/registration_consent.jsonl.gz"
    tables = json.loads((backup / MANIFEST).read_text())["tables"]
    table = tables["registration_consent"]
    values = json.loads(gzip.decompress(rows.read_bytes()))
    with gzip.open(rows, "w") as file:
        for registration in registrations:
            values[table["columns"].index("registration_id")] = registration
            total = RowSum()
            file.write(total.add(line_of(values)))
            table["sum"] = str(total)
    change_manifest(backup, tables=tables)


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


def test_uploads_come_back_under_their_names(root, meeting):
    name = default_storage.save("people/ñandú.jpg", ContentFile(b"first"))
    backup = backed_up(root)
    default_storage.delete(name)
    default_storage.save(name, ContentFile(b"second"))
    default_storage.save("documents/new.pdf", ContentFile(b"ana"))

    restore(backup)

    with default_storage.open(name) as file:
        assert file.read() == b"first"
    assert default_storage.listdir("documents")[1] == []


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
