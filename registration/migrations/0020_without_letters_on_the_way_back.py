from django.db import migrations


def forget_new_recipients(apps, schema_editor):
    """Delete the e-mails and consents that the release before cannot store."""
    apps.get_model('registration', 'Message').objects.filter(kind='letter').delete()
    apps.get_model('registration', 'Consent').objects.filter(registration=None).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0019_consents_of_persons'),
    ]

    # Last, so that it comes first on the way back.
    operations = [
        migrations.RunPython(migrations.RunPython.noop, forget_new_recipients),
    ]
