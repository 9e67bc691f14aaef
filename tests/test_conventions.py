"""Check the conventions that a reader would otherwise have to remember."""

import ast
import re
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import chain
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
# Without mails: mail programs need inline styles.
PAGES = [path for path in TEMPLATES if "mail" not in path.relative_to(HOUSE / "templates").parts]
MODELS = [model for app in APPS for model in apps.get_app_config(app).get_models()]


def name_of(path):
    return str(path.relative_to(HOUSE))


@cache
def tree(path):
    return ast.parse(path.read_text(), name_of(path))


@cache
def imports(path):
    """Return what a file imports, as dotted names: eim.clock, programme.models.Session."""
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


def test_no_module_uses_signals():
    listening = [
        (name_of(path), name)
        for path in SOURCES
        for name in imports(path)
        if name.startswith(("django.dispatch", "django.core.signals")) or ".signals" in name
    ]

    none_of(listening)


def test_programme_does_not_import_registration():
    wrong = [
        (name_of(path), name)
        for path in SOURCES
        for name in imports(path)
        if name_of(path).startswith("programme/") and name.startswith("registration")
    ]

    none_of(wrong)


OF_THE_SITE = ("eim.clock", "eim.lib")


def test_apps_import_only_the_clock_and_the_library_of_the_site():
    wrong = [
        (name_of(path), name)
        for path in SOURCES
        for name in imports(path)
        if not name_of(path).startswith("eim/")
        and name.split(".")[0] == "eim"
        and not name.startswith(OF_THE_SITE)
    ]

    none_of(wrong)


def test_library_imports_no_app():
    wrong = [
        (name_of(path), name)
        for path in SOURCES
        for name in imports(path)
        if name_of(path).startswith("eim/lib/")
        and name.split(".")[0] in APPS
        and not name.startswith(OF_THE_SITE)
    ]

    none_of(wrong)


def test_only_templatetags_import_templatetags():
    """Find plain code that imports a tag: its function belongs in a plain module."""
    wrong = [
        (name_of(path), name)
        for path in SOURCES
        for name in imports(path)
        if name.split(".")[0] in APPS
        and "templatetags" in name.split(".")
        and path.parent.name != "templatetags"
    ]

    none_of(wrong)


def modules():
    """Return the modules of this project that each module imports."""
    names = {}
    for path in SOURCES:
        parts = path.relative_to(HOUSE).with_suffix("").parts
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    # `from package import name` imports the module of that name, if there is one.
    return {
        module: {
            name if name in names else name.rpartition(".")[0]
            for name in imports(path)
            if name in names or name.rpartition(".")[0] in names
        }
        - {module}
        for module, path in names.items()
    }


def test_modules_have_no_circular_imports():
    order = TopologicalSorter(modules())

    try:
        order.prepare()
    except CycleError as circle:
        pytest.fail(" <- ".join(circle.args[1]))


ROOMS = 22


def test_package_roots_hold_at_most_22_modules():
    """Count modules and folders: a reader must be able to take in the list."""
    roots = [HOUSE / app for app in APPS] + [path.parent for path in SOURCES]
    crowded = {
        name_of(root): len(rooms)
        for root in sorted(set(roots))
        if len(rooms := [p for p in root.iterdir() if is_room(p)]) > ROOMS
    }

    none_of(crowded.items())


def is_room(path):
    return path.suffix == ".py" or (path.is_dir() and path.name != "__pycache__")


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


def test_models_do_not_override_save_or_delete():
    overridden = [
        (model.__name__, name)
        for model in MODELS
        for name in ("save", "delete")
        if name in vars(model)
    ]

    none_of(overridden)


def boolean_positions(function):
    """Yield the boolean arguments that a caller could pass by position."""
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


# How the riddles of this house began: without a verb, or about nobody in particular.
NO_VERBS = frozenset(
    ("A", "All", "Also", "An", "Anybody", "As", "At", "Both", "By", "Each", "Everything", "For")
    + ("From", "How", "If", "In", "It", "Its", "None", "Of", "On", "One", "Out", "Since", "So")
    + ("That", "The", "Their", "Them", "They", "This", "Those", "To", "Two", "Until", "What")
    + ("Whatever", "When", "Where", "Whether", "Which", "Who", "Whoever", "Whom", "Whose", "With")
    + ("Without",)
)


# A class may begin with a noun and its article; nothing begins with a question.
QUESTIONS = frozenset(
    ("As", "How", "Of", "That", "What", "Whatever", "Where", "Which", "Who", "Whoever", "Whom")
    + ("Whose",)
)


def riddles_in(path):
    """Yield the docstrings of a module that begin without a verb, or a noun for a class."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            docstring = ast.get_docstring(node) or "-"
            banned = NO_VERBS if isinstance(node, ast.FunctionDef) else QUESTIONS
            if docstring.split()[0].strip(".,:;") in banned:
                yield f"{name_of(path)}: {docstring.splitlines()[0]}"


def test_docstrings_begin_with_a_verb_or_a_noun():
    tests = sorted((HOUSE / "tests").rglob("*.py"))
    none_of([riddle for path in [*SOURCES, *tests] for riddle in riddles_in(path)])


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
    """Yield the variables that settings.py and environment.py read from the environment."""
    readers = {"required", "flag", "number", "secret_keys", "str", "bool"}
    modules = [tree(HOUSE / "eim" / name) for name in ("environment.py", "settings.py")]
    for node in chain.from_iterable(map(ast.walk, modules)):
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in readers:
                yield node.args[0].value


def variables_explained():
    text = (HOUSE / ".env.example").read_text()
    return re.findall(r"^#?([A-Z_]+)=", text, flags=re.MULTILINE)


def test_every_variable_is_explained_and_read():
    only_of_compose = {"EIM_VERSION", "POSTGRES_PASSWORD"}
    of_gunicorn = {"PORT", "WEB_CONCURRENCY"}

    others = only_of_compose | of_gunicorn
    assert set(variables_explained()) - others == set(variables_read())


@pytest.mark.parametrize("path", ["bin/demo.py", "bench/environment.py", "tests/settings.py"])
def test_demo_bench_and_tests_set_every_variable(path):
    said = set(re.findall(r'"([A-Z_]+)":', (HOUSE / path).read_text()))

    none_of(set(variables_read()) - said)


# Templates


def test_pages_carry_no_style_or_script_of_their_own():
    inline = lines_with(r"<style|\sstyle=|\son[a-z]+=|javascript:", PAGES)
    scripts = lines_with(r"<script(?![^>]*(\bsrc=|application/ld\+json))", PAGES)

    none_of(inline + scripts)


def test_templates_mark_no_text_as_safe():
    none_of(lines_with(r"\|\s*safe\b|autoescape off", TEMPLATES))


def test_templates_contain_no_hard_coded_address():
    # Except error pages and their frame, which must not fail to render.
    pages = [path for path in PAGES if not path.name[0].isdigit() and path.name != "bare.html"]

    none_of(lines_with(r"""(href|action)=["']/""", pages))


def test_forms_say_where_they_are_sent():
    # Without an address a browser adds the fragment of the page, and goes there instead of to the
    # summary of the errors.
    forms = [path for path in TEMPLATES if "components" not in name_of(path)]

    none_of(lines_with(r"<form(?![^>]*\baction=)", forms))


def test_what_a_button_has_done_takes_the_focus():
    # Readers say nothing of a status that was in the page from the start.
    personal = [path for path in PAGES if path.parent.name == "registration"]

    none_of(lines_with(r'role="(status|alert)"(?!.*\bautofocus)', personal))


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

# Allowed: examples of a format, and the name of a sign language.
NO_FACTS = ("America/Lima", " as 2024-11-25", "2024-11-26T10:15-05:00", "Peruvian Sign", ': """')
FACTS = (
    r"\bLima\b|Per[úu]\b|MUNA\b|\bMuseo Nacional\b|Lur[íi]n|Pachac[aá]mac|2024"
    r"|\b11\.?[ºª°]|\b11th\b|Afectos|Aprendizajes|Memorias|Ibermuse"
)
# Except the demo, which loads one meeting, and the sample, whose facts are data.
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
    """Yield pairs of fields whose names say that they are the two ends of a range."""
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
        ("Edition", "first_day", "last_day"),
        ("Meeting", "first_day", "last_day"),
        ("Meeting", "latitude", "longitude"),
        ("Meeting", "registration_opens_at", "registration_closes_at"),
        ("Notice", "shown_from", "shown_until"),
        ("Session", "starts_at", "ends_at"),
        ("StagedMove", "starts_at", "ends_at"),
    }


def test_choices_are_constrained_by_the_database():
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
