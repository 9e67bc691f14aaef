"""Rows that break one rule of the database, whatever the forms would have said."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import UniqueConstraint
from django.forms import modelform_factory


def rules_of(app):
    """Every constraint of an app's models, by name."""
    return {
        rule.name: (model, rule)
        for model in apps.get_app_config(app).get_models()
        for rule in model._meta.constraints
    }


def unique_fields_of(app):
    return [
        (model, field.name)
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key
    ]


def broken_rules(row):
    """What Django itself, asked rule by rule, finds wrong with a row."""
    broken = []
    for rule in row._meta.constraints:
        try:
            rule.validate(type(row), row)
        except ValidationError:
            broken.append(rule.name)
    return broken


def refusal_of(row, changes):
    """What the database says when these columns of a sound row are overwritten."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**changes)
    return str(refused.value)


def words_for(model, rule):
    """How the database names a rule: SQLite names the columns of a unique one."""
    if connection.vendor == "sqlite" and isinstance(rule, UniqueConstraint):
        columns = [model._meta.get_field(name).column for name in rule.fields]
        return ", ".join(f"{model._meta.db_table}.{column}" for column in columns)
    return rule.name


def changed(row, changes):
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def sentences_of(row):
    """What `full_clean` says of a row, by field."""
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    return refused.value.message_dict


def sentences_of_partial_form(row, field):
    """What a form says that shows this field alone; the rest of the row is as it is."""
    form_class = modelform_factory(type(row), fields=[field])
    data = {field: form_class(instance=row)[field].value()}
    form = form_class({name: "" if v is None else v for name, v in data.items()}, instance=row)
    return {name: list(sentences) for name, sentences in form.errors.items()}
