from django.db import migrations


def free_slots(apps, schema_editor):
    registrations = apps.get_model("registration", "Registration").objects
    registrations.filter(state="pending").update(mailbox_slot=None)


class Migration(migrations.Migration):
    """Free the slots of mailboxes that unconfirmed registrations have: they come with confirmation.

    The constraint still allows them, so that the release before runs while this one is installed.
    """

    dependencies = [("registration", "0008_network_block")]
    operations = [migrations.RunPython(free_slots, migrations.RunPython.noop, elidable=True)]
