from itertools import count

from django.db import migrations

TAKEN = ("condiciones", "condicoes", "terms")


def free_addresses(apps, schema_editor):
    """Give another address to organisers' own pages that the page of the terms would hide."""
    Page = apps.get_model("programme", "Page")
    slugs = set(Page.objects.values_list("slug", flat=True))
    for slug in TAKEN:
        free = next(name for n in count(2) if (name := f"{slug}-{n}") not in slugs)
        Page.objects.filter(slug=slug).update(slug=free)


class Migration(migrations.Migration):

    dependencies = [
        ("programme", "0026_permission_to_translate"),
    ]

    operations = [
        # On the way back the address stays: nothing hides it then.
        migrations.RunPython(free_addresses, migrations.RunPython.noop),
    ]
