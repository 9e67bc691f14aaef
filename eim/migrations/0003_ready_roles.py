from django.db import migrations

from eim.back_office.roles.giving import create_ready_roles, delete_unused_ready_roles


def create(apps, _schema_editor):
    create_ready_roles(apps)


def delete(apps, _schema_editor):
    delete_unused_ready_roles(apps)


class Migration(migrations.Migration):
    dependencies = [
        ("eim", "0002_colleagues"),
        ("programme", "0027_free_the_addresses_of_the_terms"),
        ("registration", "0026_sender_health"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("otp_totp", "0003_add_timestamps"),
    ]

    operations = [migrations.RunPython(create, delete)]
