"""Take back a permission that no longer allows anything, but was counted where accounts are compared."""

from django.db import migrations


def take_back(apps, _schema_editor):
    for permission in apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="otp_totp", codename="delete_totpdevice"
    ):
        permission.group_set.clear()
        permission.user_set.clear()


class Migration(migrations.Migration):
    dependencies = [("eim", "0003_ready_roles"), ("otp_totp", "0003_add_timestamps")]

    operations = [migrations.RunPython(take_back, migrations.RunPython.noop)]
