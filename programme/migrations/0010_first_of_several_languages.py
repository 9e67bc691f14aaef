"""Make the one language of each session the first of several."""

from django.db import migrations


def gather(apps, schema_editor):
    sessions = apps.get_model("programme", "Session").objects
    for session in sessions.exclude(language="").filter(languages=[]).only("language"):
        sessions.filter(pk=session.pk).update(languages=[session.language])


def keep_first(apps, schema_editor):
    sessions = apps.get_model("programme", "Session").objects
    for session in sessions.exclude(languages=[]).only("languages"):
        sessions.filter(pk=session.pk).update(language=session.languages[0])


class Migration(migrations.Migration):
    dependencies = [("programme", "0009_several_languages_a_session")]

    operations = [migrations.RunPython(gather, keep_first)]
