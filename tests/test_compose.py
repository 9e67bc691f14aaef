"""compose.yaml keeps what the documents promise of containers; no engine is needed to read it."""

import os
import re
from pathlib import Path

import pytest
import yaml

HOUSE = Path(__file__).resolve().parent.parent
SITE = ["migrate", "web", "worker"]
NAMES = [*SITE, "nginx", "database"]


@pytest.fixture(scope="module")
def services():
    services = yaml.safe_load((HOUSE / "compose.yaml").read_text())["services"]
    assert sorted(services) == sorted(NAMES)
    return services


@pytest.mark.parametrize("name", NAMES)
def test_logs_of_every_service_have_an_end(services, name):
    options = {"max-size": "10m", "max-file": "5"}

    assert services[name]["logging"] == {"driver": "json-file", "options": options}


@pytest.mark.parametrize("name", [*SITE, "nginx"])
def test_service_writes_to_no_disk_but_its_volume_and_has_no_rights(services, name):
    service = services[name]
    folders = service["tmpfs"] if name == "nginx" else [service["tmpfs"]]

    assert service["read_only"] is True
    assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"])
    assert [folder for folder in folders if not re.search(r":size=\d+m\b", folder)] == []


def test_service_that_answers_is_asked_for_its_health(services):
    assert "HEALTHCHECK" in (HOUSE / "Dockerfile").read_text()
    for name in ("nginx", "database"):
        assert services[name]["healthcheck"]["test"][0] == "CMD"
    assert "healthcheck" not in services["web"]
    # Neither listens: `migrate` ends, and `/status` tells of the worker.
    for name in ("migrate", "worker"):
        assert services[name]["healthcheck"] == {"disable": True}


def test_each_service_starts_once_those_that_it_needs_are_ready(services):
    needs = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in services.items()
    }

    migrated = {"migrate": "service_completed_successfully"}
    assert needs == {
        "database": {},
        "migrate": {"database": "service_healthy"},
        "web": migrated,
        "worker": migrated,
        "nginx": {"web": "service_healthy"},
    }


def test_only_nginx_is_reached_and_only_from_the_server_itself(services):
    ports = {name: service["ports"] for name, service in services.items() if "ports" in service}

    assert ports == {"nginx": ["127.0.0.1:${PORT:-8000}:8080"]}


def test_image_of_the_site_has_the_version_as_its_tag(services):
    assert {services[name]["image"] for name in SITE} == {"eim:${EIM_VERSION:-latest}"}


def test_images_of_others_are_of_a_version(services):
    images = [services[name]["image"] for name in ("nginx", "database")]

    assert [image for image in images if not re.search(r":\d+", image)] == []


def test_password_reaches_site_and_database_as_it_was_written(services):
    required = "${POSTGRES_PASSWORD:?set it in .env}"
    parts = {"POSTGRES_USER": "eim", "POSTGRES_DB": "eim", "POSTGRES_PASSWORD": required}

    assert services["database"]["environment"] == parts
    for name in SITE:
        said = services[name]["environment"]
        assert said.items() >= parts.items()
        assert (said["POSTGRES_HOST"], said["DATABASE_URL"]) == ("database", "")
        # No variable is part of a longer text, in which its characters could mean something.
        assert [v for v in said.values() if "${" in v and not re.fullmatch(r"\$\{[^}]+\}", v)] == []


def test_what_is_kept_is_in_a_volume(services):
    volumes = {name: service.get("volumes", []) for name, service in services.items()}

    assert [volumes[name] for name in SITE] == [["uploads:/data"]] * 3
    assert volumes["database"] == ["database:/var/lib/postgresql/data"]
    assert os.path.exists(HOUSE / volumes["nginx"][0].partition(":")[0])
