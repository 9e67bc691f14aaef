"""Style sheets and fonts as a server sends them."""

import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from rcssmin import cssmin

from eim.lib import static_files
from eim.lib.weave import FILLS
from eim.middleware.static_files import StaticFiles

HOUSE = Path(__file__).resolve().parent.parent
SHEETS = HOUSE / "static" / "css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
IMPORT = re.compile(r'@import url\("([^"]+)"\);')
COLLECTING = {"staticfiles": {"BACKEND": "eim.lib.static_files.MinifiedStorage"}}


def text_of(path):
    return COMMENT.sub("", path.read_text())


def imports_of(name):
    return IMPORT.findall(text_of(SHEETS / name))


@contextmanager
def collecting_into(folder, **changes):
    """Collect static files into the folder; the settings hold as long as the block."""
    changes |= {
        "STORAGES": site_settings.STORAGES | COLLECTING,
        "STATIC_ROOT": folder,
        "STATICFILES_FINDERS": ["django.contrib.staticfiles.finders.FileSystemFinder"],
    }
    with override_settings(**changes):
        finders.get_finder.cache_clear()
        call_command("collectstatic", interactive=False, verbosity=0)
        yield folder
    finders.get_finder.cache_clear()


@pytest.fixture(scope="module")
def collected(tmp_path_factory):
    """Collect the style sheets, scripts and fonts of this site once; return the folder."""
    with collecting_into(tmp_path_factory.mktemp("collected")) as folder:
        yield folder


@pytest.fixture
def collected_with_others(tmp_path):
    """Collect them with a package's style sheet; return the folder and that sheet's text."""
    text = "/* Licence: theirs */\na { color: red; }\n"
    (tmp_path / "others" / "package").mkdir(parents=True)
    (tmp_path / "others" / "package" / "theirs.css").write_text(text)
    folders = [*site_settings.STATICFILES_DIRS, tmp_path / "others"]
    with collecting_into(tmp_path / "collected", STATICFILES_DIRS=folders) as folder:
        yield folder, text


def hashed(folder, name):
    stem, suffix = name.rsplit(".", 1)
    found = [path for path in folder.glob(f"{stem}.*.{suffix}") if path.is_file()]
    assert len(found) == 1, found
    return found[0]


def test_collected_scripts_have_no_comments_or_indents(collected):
    for name in ("js/site.js", "js/find.js", "js/live.js"):
        text = hashed(collected, name).read_text()
        wordy = (HOUSE / "static" / name).read_text()

        assert not re.search(r"(?m)^\s*//|^ ", text)
        assert 0 < len(text) < 0.9 * len(wordy)


@pytest.mark.parametrize("name", ["css/site.css", "css/admin.css"])
def test_collected_sheet_has_no_imports(collected, name):
    assert "@import" not in hashed(collected, name).read_text()


def test_collected_sheet_is_its_imports_in_order(collected):
    whole = hashed(collected, "css/site.css").read_text()
    parts = [text_of(SHEETS / name) for name in imports_of("site.css")]

    plainly_named = re.sub(r"\.[0-9a-f]{12}\.woff2", ".woff2", whole)

    assert plainly_named == cssmin("\n".join(parts))


def test_font_names_contain_a_hash(collected):
    sheet = hashed(collected, "css/site.css")

    addresses = re.findall(r'url\("([^"]+)"\)', sheet.read_text())

    assert [(sheet.parent / address).resolve() for address in addresses] == [
        hashed(collected, "fonts/alegreya.woff2"),
        hashed(collected, "fonts/atkinson-hyperlegible-next.woff2"),
    ]


def test_collecting_twice_changes_nothing(collected):
    before = {path: path.read_bytes() for path in collected.rglob("*") if path.is_file()}

    call_command("collectstatic", interactive=False, verbosity=0)

    assert {path: path.read_bytes() for path in collected.rglob("*") if path.is_file()} == before


@pytest.fixture
def whole_of(tmp_path):
    """Return a function that writes these files and inlines the imports of css/main.css."""

    def made(files):
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        storage = FileSystemStorage(tmp_path)
        return static_files.inlined("css/main.css", {name: (storage, name) for name in files})

    return made


def test_sheet_imports_from_the_folder_above(whole_of):
    files = {
        "css/main.css": '@import url("pages/home.css");',
        "css/pages/home.css": '@import url("../base.css");',
        "css/base.css": "a { color: red; }",
    }

    assert whole_of(files) == "a { color: red; }"


def test_sheet_of_a_package_keeps_its_comments(whole_of):
    files = {
        "css/main.css": '/* Ours */ @import url("../package/theirs.css");',
        "package/theirs.css": "/* Licence: theirs */",
    }

    assert whole_of(files) == "/* Licence: theirs */"


@pytest.mark.parametrize(
    "line",
    ["@import url(base.css);", '@import "base.css";', '@import url("base.css") print;'],
)
def test_import_in_another_syntax_is_an_error(whole_of, line):
    with pytest.raises(ImproperlyConfigured, match=r"css/main\.css"):
        whole_of({"css/main.css": line, "css/base.css": ""})


def test_sheets_of_packages_are_collected_unchanged(collected_with_others):
    folder, text = collected_with_others

    assert hashed(folder, "package/theirs.css").read_text() == text


def test_every_sheet_is_imported():
    parts = {str(path.relative_to(SHEETS)) for path in SHEETS.rglob("*.css")}

    imported = {*imports_of("site.css"), *imports_of("admin.css")}
    assert parts == {"site.css", "admin.css", "print-lists.css", "demo.css", *imported}


def test_scripts_and_sheets_begin_with_what_they_are_for():
    files = [*SHEETS.rglob("*.css"), *(HOUSE / "static" / "js").glob("*.js")]

    assert [path.name for path in files if not path.read_text().startswith(("/* ", "// "))] == []


@pytest.mark.parametrize("name", ["site.css", "admin.css"])
def test_sheet_imports_existing_files_once(name):
    named = imports_of(name)

    assert [part for part in named if not (SHEETS / part).is_file()] == []
    assert len(named) == len(set(named))


def declarations(selector, text):
    """Return the custom properties of the first rule with this selector."""
    body = re.search(re.escape(selector) + r" \{([^}]*)\}", text)[1]
    return set(re.findall(r"(--[\w-]+: [^;]+);", body))


def test_chosen_dark_theme_has_the_colours_of_the_systems_dark_theme():
    """Compare the dark colours of the back office, which alone lets people choose."""
    by_machine = declarations(':root:not([data-theme="light"])', text_of(SHEETS / "tokens.css"))

    chosen = declarations('html[data-theme="dark"]', text_of(SHEETS / "admin" / "palette.css"))

    public_alone = {"--mark: #191020", "--hatch: #35273f"}
    assert chosen == by_machine - public_alone


def test_fills_are_the_same_on_pages_and_in_mails():
    by_theme = re.findall(r"\.theme-(\w+) \{[^}]*--fill: (#\w+);", text_of(SHEETS / "tokens.css"))

    assert dict(by_theme) == FILLS


# Sheets that may define colours; elsewhere only black and white are written as such.
NAMED = {"tokens.css", "print.css"}


@pytest.mark.parametrize("name", sorted({*imports_of("site.css")} - NAMED))
def test_colours_are_custom_properties(name):
    colours = re.findall(r"#[0-9a-f]{3,8}\b(?=[^{}]*})", text_of(SHEETS / name), re.IGNORECASE)

    assert set(colours) <= {"#fff", "#000"}


# Browsers of five years ago (Chromium 96, November 2021)

NEWER = {
    "cascade layers": r"@layer",
    "container queries": r"@container|container-type|\bcq(w|h|i|b)\b",
    ":has()": r":has\(",
    "nesting": r"(?m)^\s*&|;[^{}]*\{",
    "transforms as properties of their own": r"[{;\s](rotate|scale|translate):",
    "mixed and relative colours": r"color-mix\(|light-dark\(|ok(lab|lch)\(|\(from ",
    "units of the small and large viewport": r"\d[sld]v[hwib]\b|\d(lh|rlh|cap|ic)\b",
    "ranges in media queries": r"@media[^{]*[<>=]",
    "subgrid": r"subgrid",
    "newer selectors": r":(dir|open|modal|user-invalid|popover-open|state)\b|:nth-child\([^)]* of ",
    "newer at-rules": r"@(scope|starting-style|view-transition|position-try|function)\b",
    "masks without prefix": r"[{;\s]mask(-\w+)?:",
    "newer values": r"interpolate-size|field-sizing|anchor\(|calc-size|(?<![-\w])(round|sin|cos)\(",
}
# Newer but harmless where they are ignored: text-wrap, text-size-adjust, print-color-adjust.


def unguarded(text):
    """Return the text without its @supports blocks."""
    while (start := text.find("@supports")) >= 0:
        end = text.index("{", start) + 1
        depth = 1
        while depth:
            depth += {"{": 1, "}": -1}.get(text[end], 0)
            end += 1
        text = text[:start] + text[end:]
    return text


@pytest.mark.parametrize("name", imports_of("site.css"))
def test_sheets_use_no_newer_feature_outside_supports(name):
    text = unguarded(text_of(SHEETS / name))

    assert [feature for feature, sign in NEWER.items() if re.search(sign, text)] == []


@pytest.mark.parametrize(
    ("feature", "text"),
    [
        ("cascade layers", "@layer base { a { color: red; } }"),
        ("container queries", "li { container-type: inline-size; }"),
        (":has()", "label:has(:checked) { color: red; }"),
        ("nesting", ".card { color: red; .title { color: blue; } }"),
        ("nesting", ".card {\n  &:hover { color: blue; }\n}"),
        ("transforms as properties of their own", "a { rotate: 45deg; }"),
        ("mixed and relative colours", "a { color: color-mix(in srgb, red, blue); }"),
        ("units of the small and large viewport", "a { height: 100dvh; }"),
        ("ranges in media queries", "@media (width >= 40rem) { a { color: red; } }"),
        ("subgrid", "a { grid-template-columns: subgrid; }"),
        ("newer selectors", "a:user-invalid { color: red; }"),
        ("newer at-rules", "@scope (.card) { a { color: red; } }"),
        ("masks without prefix", "a { mask-image: none; }"),
        ("newer values", "a { field-sizing: content; }"),
    ],
)
def test_newer_feature_is_detected_outside_supports_only(feature, text):
    guarded = f"@supports (display: grid) {{ {text} }}"

    assert re.search(NEWER[feature], unguarded(text))
    assert not re.search(NEWER[feature], unguarded(guarded))


# Fonts and Save-Data


@pytest.fixture
def font(settings, tmp_path):
    """Set up a site with one font; return its address and content."""
    content = b"wOF2" + b"x" * 100
    (tmp_path / "face.woff2").write_bytes(content)
    settings.STATIC_ROOT = tmp_path
    return "/static/face.woff2", content


def test_font_is_sent_whole(font):
    address, content = font

    response = Client().get(address)

    assert b"".join(response.streaming_content) == content
    assert "Save-Data" in response["Vary"].split(", ")


def test_font_is_not_sent_with_save_data(font):
    address, _content = font

    response = Client().get(address, headers={"save-data": "on"})

    assert (response.status_code, response.content) == (204, b"")
    assert response["Cache-Control"] == "no-store"
    assert response["Vary"] == "Save-Data"


def test_pages_are_the_same_with_save_data(client, meeting):
    plain = client.get("/es/")

    sparing = client.get("/es/", headers={"save-data": "on"})

    assert sparing.content == plain.content
    assert "Save-Data" not in sparing.get("Vary", "")


def test_sheet_that_is_collected_after_the_start_is_served_by_the_running_process(
    settings, tmp_path
):
    settings.STATIC_ROOT = tmp_path / "collected"
    (settings.STATIC_ROOT / "css").mkdir(parents=True)
    serve = StaticFiles(lambda request: HttpResponse(status=404))
    (settings.STATIC_ROOT / "css" / "site.new.css").write_text("a{}")
    (tmp_path / "secret.css").write_text("a{}")

    paths = ["css/site.new.css", "../secret.css", "/secret.css", "css", "css/\0", ""]
    requests = [RequestFactory().head("/") for _path in paths]
    for request, path in zip(requests, paths, strict=True):
        request.path_info = f"/static/{path}"
    answers = [serve(request) for request in requests]

    assert [answer.status_code for answer in answers] == [200, 404, 404, 404, 404, 404]
