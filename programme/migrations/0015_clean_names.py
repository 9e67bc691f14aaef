from django.db import migrations

from eim.lib.normalising import cleaned_text, name_key


def clean_names(apps, schema_editor):
    """Take what cannot be seen off names and institutions, and write the keys of people."""
    for person in apps.get_model('programme', 'Person').objects.all():
        person.name = cleaned_text(person.name)
        person.institution = cleaned_text(person.institution)
        person.name_key = name_key(person.name)
        person.save(update_fields=['name', 'institution', 'name_key'])
    for presentation in apps.get_model('programme', 'Presentation').objects.exclude(institution=''):
        presentation.institution = cleaned_text(presentation.institution)
        presentation.save(update_fields=['institution'])
    organisations = apps.get_model('programme', 'Organisation').objects
    for organisation in organisations.all():
        name = cleaned_text(organisation.name)
        # Names are unique: of two that look the same, one stays as it is.
        if name != organisation.name and not organisations.filter(name=name).exists():
            organisation.name = name
            organisation.save(update_fields=['name'])


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0014_people_by_key'),
    ]

    operations = [
        # What was taken off said nothing: the way back leaves it off.
        migrations.RunPython(clean_names, migrations.RunPython.noop),
    ]
