"""Copy the rows and files that many tests begin with: each process writes them only once.

Registering a sample meeting's people takes seconds, copying their rows some hundredths.
"""

from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction

APPS = ["programme", "registration"]
# The stored files; the stored rows are tables in this process's own database.
stored_files: dict[str, dict[Path, bytes]] = {}


def once(name, write):
    """Run `write` on this empty site, or restore what it wrote the first time."""
    if name in stored_files:
        restore(name)
    else:
        write()
        store(name)


def store(name):
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'CREATE TABLE "{name}_{table}" AS SELECT * FROM "{table}"')
    root = Path(settings.MEDIA_ROOT)
    files = [path for path in root.rglob("*") if path.is_file()]
    stored_files[name] = {path.relative_to(root): path.read_bytes() for path in files}


def restore(name):
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'INSERT INTO "{table}" SELECT * FROM "{name}_{table}"')
        for statement in connection.ops.sequence_reset_sql(no_style(), models()):
            cursor.execute(statement)
    for path, content in stored_files[name].items():
        file = settings.MEDIA_ROOT / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def models():
    return [model for app in APPS for model in apps.get_app_config(app).get_models()]


def tables():
    """Return the tables to copy. Django does not flush the copies, which belong to no model."""
    between = [field.m2m_db_table() for model in models() for field in model._meta.many_to_many]
    return list(dict.fromkeys([*(model._meta.db_table for model in models()), *between]))
