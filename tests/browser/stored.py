"""Rows and files that many tests begin with: written once by each process, then copied.

To sign up a sample meeting's people takes seconds; to copy their rows, a few hundredths.
"""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction

APPS = ["programme", "registration"]
# The files of what is kept; the rows are in this process's own database.
kept: dict[str, dict[Path, bytes]] = {}


def once(name, write):
    """As if `write` had run on this empty site now."""
    if name in kept:
        bring_back(name)
    else:
        write()
        keep(name)


def keep(name):
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'CREATE TABLE "{name}_{table}" AS SELECT * FROM "{table}"')
    root = Path(settings.MEDIA_ROOT)
    files = [path for path in root.rglob("*") if path.is_file()]
    kept[name] = {path.relative_to(root): path.read_bytes() for path in files}


def bring_back(name):
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "{name}_{table}"')
        for statement in connection.ops.sequence_reset_sql(no_style(), models()):
            cursor.execute(statement)
    for path, content in kept[name].items():
        file = settings.MEDIA_ROOT / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def models():
    return [model for app in APPS for model in apps.get_app_config(app).get_models()]


def tables():
    """No copy is a model's table: nothing empties it between two tests."""
    between = [field.m2m_db_table() for model in models() for field in model._meta.many_to_many]
    return list(dict.fromkeys([*(model._meta.db_table for model in models()), *between]))
