"""Rules of the house that a reader would otherwise have to remember."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.db.models import CheckConstraint
from django.urls import URLPattern, get_resolver

HOUSE = Path(__file__).resolve().parent.parent
APPS = ("eim", "programme", "registration")
SOURCES = sorted(
    path for app in APPS for path in (HOUSE / app).rglob("*.py") if "migrations" not in path.parts
)
TEMPLATES = sorted((HOUSE / "templates").rglob("*.html"))
# Mail programs know no style sheets, and text mails no HTML.
PAGES = [path for path in TEMPLATES if "mail" not in path.relative_to(HOUSE / "templates").parts]
MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]


def name_of(path):
    return str(path.relative_to(HOUSE))


@cache
def tree(path):
    return ast.parse(path.read_text(), name_of(path))


@cache
def imports(path):
    """Every module and name that a file imports, with dots: eim.clock, programme.models.Session."""
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def lines_with(pattern, paths):
    found = re.compile(pattern)
    return [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if found.search(line)
    ]


def longer_than(limit, paths):
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in paths}
    return [f"{name}: {length} lines" for name, length in lengths.items() if length > limit]


def none_of(found):
    assert not found, "\n".join(map(str, found))


# Code


def test_nothing_listens_to_signals():
    listening = [
        (name_of(path), name)
        for path in SOURCES
        for name in imports(path)
        if name.startswith(("django.dispatch", "django.core.signals")) or ".signals" in name
    ]

    none_of(listening)


def test_programme_knows_nothing_of_registration():
    wrong = [
        (name_of(path), name)
        for path in SOURCES
        for name in imports(path)
        if name_of(path).startswith("programme/") and name.startswith("registration")
    ]

    none_of(wrong)


def test_apps_know_of_the_site_only_its_clock():
    wrong = [
        (name_of(path), name)
        for path in SOURCES
        for name in imports(path)
        if not name_of(path).startswith("eim/")
        and name.split(".")[0] == "eim"
        and not name.startswith("eim.clock")
    ]

    none_of(wrong)


@pytest.mark.parametrize("layer", ["models", "actions", "forms"])
def test_imports_go_one_way_inside_an_app(layer):
    layers = ["models", "actions", "forms", "views", "admin"]
    above = layers[layers.index(layer) + 1 :]
    wrong = [
        (name_of(path), name)
        for path in SOURCES
        for name in imports(path)
        if path.relative_to(HOUSE).with_suffix("").parts[1:2] == (layer,)
        and name.split(".")[0] in APPS
        and name.split(".")[1] in above
    ]

    none_of(wrong)


def test_saving_and_deleting_do_no_hidden_work():
    overridden = [
        (model.__name__, name)
        for model in MODELS
        for name in ("save", "delete")
        if name in vars(model)
    ]

    none_of(overridden)


def boolean_positions(function):
    """The arguments that a caller could fill with a bare True."""
    arguments = function.args.posonlyargs + function.args.args
    defaults = [None] * (len(arguments) - len(function.args.defaults)) + function.args.defaults
    for argument, default in zip(arguments, defaults, strict=True):
        is_annotated = (
            isinstance(argument.annotation, ast.Name) and argument.annotation.id == "bool"
        )
        if is_annotated or (isinstance(default, ast.Constant) and isinstance(default.value, bool)):
            yield argument.arg


def test_booleans_are_passed_by_name():
    # Django's admin passes `change` and `has_…` by position.
    positional = [
        (name_of(path), function.name, argument)
        for path in SOURCES
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef)
        for argument in boolean_positions(function)
        if argument != "change"
    ]

    none_of(positional)


def test_modules_have_at_most_400_lines():
    none_of(longer_than(400, SOURCES))


# Addresses


def views(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.callback
        elif pattern.app_name != "admin":
            yield from views(pattern.url_patterns)


def test_every_view_says_who_may_see_it():
    bare = [
        f"{view.__module__}.{view.__qualname__}"
        for view in views(get_resolver().url_patterns)
        if "policy" not in vars(view)
    ]

    none_of(bare)


# Environment


def variables_read():
    """The first argument of each call in settings.py that reads the environment."""
    readers = {"required", "flag", "number", "str", "bool"}
    for node in ast.walk(tree(HOUSE / "eim" / "settings.py")):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in readers:
                yield node.args[0].value


def variables_explained():
    text = (HOUSE / ".env.example").read_text()
    return re.findall(r"^#?([A-Z_]+)=", text, flags=re.MULTILINE)


def test_every_variable_is_explained_and_read():
    only_of_compose = {"POSTGRES_PASSWORD"}

    assert set(variables_explained()) - only_of_compose == set(variables_read())


@pytest.mark.parametrize("path", ["bin/demo.py", "bench/environment.py", "tests/settings.py"])
def test_demo_bench_and_tests_are_sheltered_from_every_variable(path):
    said = set(re.findall(r'"([A-Z_]+)":', (HOUSE / path).read_text()))

    none_of(set(variables_read()) - said)


# Templates


def test_pages_carry_no_style_or_script_of_their_own():
    inline = lines_with(r"<style|\sstyle=|\son[a-z]+=|javascript:", PAGES)
    scripts = lines_with(r"<script(?![^>]*(\bsrc=|application/ld\+json))", PAGES)

    none_of(inline + scripts)


def test_templates_trust_no_text():
    none_of(lines_with(r"\|\s*safe\b|autoescape off", TEMPLATES))


def test_templates_name_no_address():
    # Pages of errors must not fail in their turn.
    pages = [path for path in PAGES if not path.name[0].isdigit()]

    none_of(lines_with(r"""(href|action)=["']/""", pages))


def test_templates_have_at_most_100_lines():
    none_of(longer_than(100, TEMPLATES))


def test_every_static_file_of_a_template_is_there():
    named = {
        file
        for path in TEMPLATES
        for file in re.findall(r"""\{% static ["']([^"']+)["']""", path.read_text())
    }

    none_of([file for file in sorted(named) if not finders.find(file)])


# Facts of one meeting

# Examples of how something is written, and a language.
NO_FACTS = ("America/Lima", " as 2024-11-25", "2024-11-26T10:15-05:00", "Peruvian Sign", ': """')
FACTS = (
    r"\bLima\b|Per[úu]\b|MUNA\b|\bMuseo Nacional\b|Lur[íi]n|Pachac[aá]mac|2024"
    r"|\b11\.?[ºª°]|\b11th\b|Afectos|Aprendizajes|Memorias|Ibermuse"
)
# The demo shows one meeting and says where its data are; a sample's facts are data.
COMMANDS = HOUSE / "eim" / "management" / "commands"
DATA = [COMMANDS / "demo_setup.py", COMMANDS / "sample_meeting.py", HOUSE / "eim" / "sample"]


def test_no_fact_of_one_meeting_stands_in_code():
    scripts = [*(HOUSE / "static").rglob("*.js"), *(HOUSE / "static").rglob("*.css")]
    paths = [path for path in SOURCES if not any(path.is_relative_to(data) for data in DATA)]
    found = lines_with(FACTS, paths + TEMPLATES + scripts)

    none_of([line for line in found if not any(example in line for example in NO_FACTS)])


# Rows

PAIRS = [("first", "last"), ("starts", "ends"), ("opens", "closes"), ("from", "until")]
PAIRS += [("given", "withdrawn"), ("latitude", "longitude")]


def pairs_of(model):
    """Fields that are the two ends of one thing, by their names."""
    names = {field.name for field in model._meta.concrete_fields}
    for name in sorted(names):
        for start, end in PAIRS:
            parts = [end if part == start else part for part in name.split("_")]
            other = "_".join(parts)
            if other != name and other in names:
                yield name, other


def test_both_ends_of_a_thing_are_constrained_together():
    loose = []
    for model in MODELS:
        checks = [c for c in model._meta.constraints if isinstance(c, CheckConstraint)]
        held = [check.condition.referenced_base_fields for check in checks]
        loose += [
            (model.__name__, *pair)
            for pair in pairs_of(model)
            if not any(set(pair) <= fields for fields in held)
        ]

    none_of(loose)


def test_fields_that_are_two_ends_of_a_thing_are_recognised():
    found = {(model.__name__, *pair) for model in MODELS for pair in pairs_of(model)}

    assert found == {
        ("Change", "starts_at", "ends_at"),
        ("Change", "was_starts_at", "was_ends_at"),
        ("Consent", "given_at", "withdrawn_at"),
        ("Meeting", "first_day", "last_day"),
        ("Meeting", "latitude", "longitude"),
        ("Meeting", "registration_opens_at", "registration_closes_at"),
        ("Notice", "shown_from", "shown_until"),
        ("Session", "starts_at", "ends_at"),
    }


def test_choices_of_a_state_are_held_by_the_database():
    loose = [
        (model.__name__, field.name)
        for model in MODELS
        for field in model._meta.concrete_fields
        if field.name in ("state", "kind", "role", "attendance", "purpose", "severity", "format")
        and not any(
            field.name in check.condition.referenced_base_fields
            for check in model._meta.constraints
            if isinstance(check, CheckConstraint)
        )
    ]

    none_of(loose)
