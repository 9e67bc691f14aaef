"""Violate one constraint of the database at a time, without going through forms."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import UniqueConstraint
from django.forms import modelform_factory


def rules_of(app):
    """Return every constraint of an app's models, with its model, by name."""
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
    """Return the names of the constraints that Django's own validation says a row violates."""
    broken = []
    for rule in row._meta.constraints:
        try:
            rule.validate(type(row), row)
        except ValidationError:
            broken.append(rule.name)
    return broken


def refusal_of(row, changes):
    """Overwrite columns of a valid row by UPDATE; return the message of the IntegrityError."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        type(row).objects.filter(pk=row.pk).update(**changes)
    return str(refused.value)


def words_for(model, rule):
    """Return what the database calls a constraint: SQLite lists the columns of a unique one."""
    if connection.vendor == "sqlite" and isinstance(rule, UniqueConstraint):
        columns = [model._meta.get_field(name).column for name in rule.fields]
        return ", ".join(f"{model._meta.db_table}.{column}" for column in columns)
    return rule.name


def changed(row, changes):
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def sentences_of(row):
    """Return the errors of `full_clean` by field."""
    with pytest.raises(ValidationError) as refused:
        row.full_clean()
    return refused.value.message_dict


def sentences_of_partial_form(row, field):
    """Return the errors, by field, of a form that has this field alone."""
    form_class = modelform_factory(type(row), fields=[field])
    data = {field: form_class(instance=row)[field].value()}
    form = form_class({name: "" if v is None else v for name, v in data.items()}, instance=row)
    return {name: list(sentences) for name, sentences in form.errors.items()}
