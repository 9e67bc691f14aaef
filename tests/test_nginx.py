"""deploy/nginx.conf caches what is the same for everybody, and nothing else."""

import re
import subprocess

import pytest
from django.urls import URLPattern, get_resolver, reverse
from django.utils import translation

from eim.lib.site_languages import SITE_CODES
from tests import nginx

# Not cached by the site, but the same for everybody, or rare: nginx goes by their headers.
BY_HEADERS = {
    *("front-door", "robots", "sitemap", "media", "archive", "archived"),
    *("feeds:meeting-picture", "feeds:person-picture", "feeds:session-picture"),
    *("feeds:session-words", "programme:my-agenda"),
}
ARGUMENTS = {"token": "payload:" + "x" * 43, "slug": "a-session", "code": "A1", "number": 1}
OUR_NAMESPACES = ("registration", "programme", "feeds")


def named_views(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}:{pattern.name}".lstrip(":"), pattern
        elif pattern.app_name != "admin":
            yield from named_views(pattern.url_patterns, pattern.namespace or namespace)


def address(name, pattern, code):
    names = pattern.pattern.converters
    arguments = {key: code if key == "language" else ARGUMENTS.get(key, "x") for key in names}
    with translation.override(code):
        return reverse(name, kwargs=arguments)


def uncached_location():
    (pattern,) = re.findall(r'location ~ "(.+)"', nginx.OURS.read_text())
    return re.compile(pattern)


@pytest.mark.parametrize("code", SITE_CODES)
def test_what_is_for_one_person_has_a_location_without_cache(code):
    personal = uncached_location()
    found = {
        name: bool(personal.match(address(name, pattern, code)))
        for name, pattern in named_views(get_resolver().url_patterns)
        if name not in BY_HEADERS
    }
    expected = {
        name: "is_cached" not in vars(pattern.callback)
        for name, pattern in named_views(get_resolver().url_patterns)
        if name not in BY_HEADERS
    }

    assert found == expected


@pytest.mark.parametrize("path", ["/p/a7k2", "/P/A7K2", "/door/a7k2"])
def test_address_of_a_badge_is_not_cached_in_capitals_either(path):
    assert uncached_location().match(path)


@pytest.mark.skipif(not nginx.NGINX, reason=nginx.MISSING)
def test_nginx_accepts_the_configuration(tmp_path):
    said = nginx.Proxy(tmp_path, 8000).check()

    assert "test is successful" in said.stderr, said.stderr


@pytest.mark.skipif(not nginx.NGINX, reason=nginx.MISSING)
def test_nginx_accepts_the_configuration_of_compose(tmp_path):
    said = nginx.Proxy(tmp_path, 8000, **{"#compose# ": ""}).check()

    assert "test is successful" in said.stderr, said.stderr


def test_compose_edits_the_lines_that_are_there():
    compose = nginx.OURS.parent.parent.joinpath("compose.yaml").read_text()
    (edits,) = re.findall(r"sed (-e .+?)/eim\.conf", compose, re.DOTALL)
    command = ["sh", "-c", f"sed {' '.join(edits.split())} {nginx.OURS}"]
    edited = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = {line.strip() for line in edited.splitlines() if not line.startswith("#")}

    assert {"server web:8000;", "listen 8080;", "https https;"} <= lines
    assert "access_log /dev/stdout eim;" in lines
    assert [line for line in lines if "[::]:80;" in line or "/var/log" in line] == []
