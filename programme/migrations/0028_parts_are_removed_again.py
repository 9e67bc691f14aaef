from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('programme', '0027_free_the_addresses_of_the_terms'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='removal',
            name=f'part_of_a_{name}_is_removed_once_at_a_time',
        )
        for name in ('session', 'presentation', 'person', 'document')
    ]
