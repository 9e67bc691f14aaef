"""Write the keys of people again, by the rule that folds what looks the same.

Two registrations may turn out to be one person's. Nothing is merged: an ended one gives way, as when
a person registers anew; a live one keeps a key of its own, and the organisers' start page lists both.
"""

import unicodedata

from django.db import migrations

from eim.lib.hashing import keyed_hash, keyed_hashes
from eim.lib.normalising import NAME_LENGTH, cleaned_text, email_key, name_key

LIVE = {'confirmed': 0, 'pending': 1}
MAILBOX_SIZE = 5
COLUMNS = ['full_name', 'institution', 'email_key', 'name_key', 'new_email_key', 'mailbox_slot']
BATCH = 500


def former_name_key(name):
    decomposed = unicodedata.normalize('NFKD', name)
    letters = ''.join(c for c in decomposed if not unicodedata.combining(c))
    return ' '.join(letters.casefold().replace('\u200c', '').replace('\u200d', '').split())[:200]


def former_email_key(email):
    return unicodedata.normalize('NFKC', email).casefold().strip()[:254]


def fold(apps, schema_editor):
    registrations = apps.get_model('registration', 'Registration').objects
    for row in registrations.all().iterator(BATCH):
        names = cleaned_text(row.full_name), cleaned_text(row.institution)
        if names != (row.full_name, row.institution):
            row.full_name, row.institution = names
            row.save(update_fields=['full_name', 'institution'])
    write_keys(apps, name_key, email_key)


def unfold(apps, schema_editor):
    write_keys(apps, former_name_key, former_email_key)
    # The former constraint asks for both keys or neither.
    apps.get_model('registration', 'Registration').objects.filter(email_key=None).update(name_key=None)


def write_keys(apps, key_of_name, key_of_email):
    Registration = apps.get_model('registration', 'Registration')
    mailboxes, changed = {}, []
    for row in Registration.objects.order_by('pk').iterator(BATCH):
        before = [getattr(row, name) for name in COLUMNS]
        suppressed = row.email_key
        row.name_key = key_of_name(row.full_name) if row.full_name else None
        row.new_email_key = key_of_email(row.new_email) if row.new_email else None
        if row.email_key:
            row.email_key = key_of_email(row.email)
            mailboxes.setdefault(row.email_key, []).append(row)
        changed.append((row, before, suppressed))
    for mailbox in mailboxes.values():
        share(mailbox)
    rows = [row for row, before, _former in changed if [getattr(row, n) for n in COLUMNS] != before]
    for row, _before, former in changed:
        if former and row.email_key and former != row.email_key:
            stay_suppressed(apps, former, row.email_key)
    # Free the former keys first: two rows may swap them.
    keys = [row.pk for row in rows]
    for n in range(0, len(keys), BATCH):
        Registration.objects.filter(pk__in=keys[n : n + BATCH]).update(email_key=None)
    Registration.objects.bulk_update(rows, COLUMNS, BATCH)


def share(mailbox):
    """Give each person of a mailbox a key and a slot of its own, the confirmed ones first."""
    names, slots = set(), set()
    for row in sorted(mailbox, key=lambda row: (LIVE.get(row.state, 2), row.pk)):
        if row.name_key in names and row.state not in LIVE:
            row.email_key = None
            continue
        if row.name_key in names:
            number = f' #{row.pk}'
            row.name_key = row.name_key[: NAME_LENGTH - len(number)] + number
        names.add(row.name_key)
        if row.mailbox_slot in slots:
            free = (n for n in range(1, MAILBOX_SIZE + 1) if n not in slots)
            row.mailbox_slot = next(free, None)
        if row.mailbox_slot:
            slots.add(row.mailbox_slot)


def stay_suppressed(apps, former, present):
    """Write no mail to an address under its new key either, if it was not to be written to."""
    suppressions = apps.get_model('registration', 'Suppression').objects
    known = suppressions.filter(mailbox__in=keyed_hashes('mailbox', former)).first()
    if known:
        suppressions.get_or_create(
            mailbox=keyed_hash('mailbox', present),
            defaults={'reason': known.reason, 'created_at': known.created_at},
        )


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0006_key_of_every_name'),
    ]

    operations = [
        migrations.RunPython(fold, unfold),
    ]
