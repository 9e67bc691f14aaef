from django.db import migrations


def forget_new_kinds(apps, schema_editor):
    """Delete the e-mails and entries that the release before cannot store."""
    apps.get_model('registration', 'Message').objects.filter(kind='news_kept').delete()
    new_causes = ['speakers', 'news']
    apps.get_model('registration', 'ErasureLog').objects.filter(cause__in=new_causes).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('registration', '0023_mail_to_news_addresses'),
    ]

    # Last, so that it comes first on the way back.
    operations = [
        migrations.RunPython(migrations.RunPython.noop, forget_new_kinds),
    ]
