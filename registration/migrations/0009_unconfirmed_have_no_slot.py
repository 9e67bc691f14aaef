from django.db import migrations

MAILBOX_SIZE = 5


def free_slots(apps, schema_editor):
    registrations = apps.get_model("registration", "Registration").objects
    registrations.filter(state="pending").update(mailbox_slot=None)


def give_slots(apps, schema_editor):
    """Give each live registration without a slot one where its mailbox has room, as before."""
    registrations = apps.get_model("registration", "Registration").objects
    live = registrations.filter(state__in=["confirmed", "pending"]).exclude(email_key=None)
    # In this order the confirmed ones come first.
    for row in live.filter(mailbox_slot=None).order_by("state", "pk"):
        mailbox = registrations.filter(email_key=row.email_key)
        used = set(mailbox.values_list("mailbox_slot", flat=True))
        free = [n for n in range(1, MAILBOX_SIZE + 1) if n not in used]
        if free:
            registrations.filter(pk=row.pk).update(mailbox_slot=free[0])


class Migration(migrations.Migration):
    """Free the slots of mailboxes that unconfirmed registrations have: they come with confirmation.

    The release before confirms without giving a slot: stop it before this runs.
    """

    dependencies = [("registration", "0008_network_block")]
    operations = [migrations.RunPython(free_slots, give_slots, elidable=True)]
