from django.db import migrations


def refuse_open_removals(apps, schema_editor):
    """The schema before has no place for what was removed: it would be lost, or public again."""
    removals = apps.get_model('programme', 'Removal').objects.filter(brought_back_at=None)
    if count := removals.count():
        raise RuntimeError(
            f'{count} removals are open: bring them back, or delete what they are of, first.'
        )


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0024_removals'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, refuse_open_removals),
    ]
