"""The doctor starts with wrong variables, says all of them at once, and reads .env for slips."""

import os
import shutil
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location

import pytest
from django.conf import settings

from eim.monitoring.doctor.variables import faults_of_file

WRONG = {
    "SECRET_KEY": "short",
    "SITE_URL": "museums.example",
    "MAIL_URL": "smtp://ana:pass/word@mail.example",
    "DATABASE_URL": "postgresql://eim:pass/word@db.example/eim",
    "TRUSTED_PROXY_COUNT": "one",
}


@pytest.mark.drill
def test_all_wrong_variables_are_told_without_their_secrets(tmp_path):
    run = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "doctor", "--name-server=127.0.0.1:1"],
        env={"DATA_DIR": str(tmp_path), "PATH": os.environ["PATH"], **WRONG},
        capture_output=True,
        text=True,
    )

    told = [text.split()[2] for text in run.stdout.splitlines() if text.startswith("broken  ")]
    assert set(told) >= {*WRONG, "ALLOWED_HOSTS", "DEFAULT_FROM_EMAIL"}
    assert (run.returncode, run.stderr) == (1, "")
    assert "pass" not in run.stdout.replace("password", "").replace("passed", "")


@pytest.mark.drill
def test_doctor_on_a_new_machine_makes_no_folder_that_the_site_could_not_write(tmp_path):
    data = tmp_path / "var"
    run = subprocess.run(
        [sys.executable, settings.BASE_DIR / "manage.py", "doctor", "--name-server=127.0.0.1:1"],
        env={"DATA_DIR": str(data), "DEBUG": "1", "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )

    assert f"There is no database yet ({data}/eim.sqlite3): manage.py migrate" in run.stdout
    assert f"{data} is not there: install -d -m 700 -o THE-SITE'S-USER {data}" in run.stdout
    assert (run.returncode, run.stderr, data.exists()) == (1, "", False)


@pytest.fixture
def env_file(tmp_path):
    (tmp_path / ".env.example").write_text("SECRET_KEY=\n#BACKUP_DIR=var/backups\n")
    file = tmp_path / ".env"
    file.touch(mode=0o600)
    return file


def faults(file):
    return [fault.removeprefix(str(file)) for fault in faults_of_file(file.parent)]


def test_right_file_and_none_at_all_have_no_fault(env_file):
    env_file.write_text("# mine\n\nSECRET_KEY=x\nexport BACKUP_DIR=/srv\n")
    assert faults(env_file) == []
    env_file.unlink()
    assert faults(env_file) == []


def test_slips_are_told_by_line_and_name_alone(env_file):
    env_file.write_text("SECRET_KEY: hidden\nBACKUPS_DIR=hidden\nTZ=hidden\n BACKUP_DIR = hidden\n")
    env_file.chmod(0o644)

    assert faults(env_file) == [
        f" can be read by every user of this machine: chmod o= {env_file}",
        ", line 1, is not NAME=value, and is passed over.",
        ", line 4, is not NAME=value, and is passed over.",
        " sets BACKUPS_DIR, which the site does not read: .env.example lists all.",
        " sets TZ in vain: it belongs into the unit (systemctl edit eim-web).",
    ]


def test_gunicorn_reads_its_variables_from_the_file_and_keeps_none_for_its_processes(
    env_file, monkeypatch
):
    env_file.write_text("PORT=8123\nWEB_CONCURRENCY=3\n")
    monkeypatch.delenv("PORT", raising=False)
    monkeypatch.setenv("WEB_CONCURRENCY", "5")
    # It forgets our modules: here in a copy of the list alone.
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    copy = shutil.copy(settings.BASE_DIR / "gunicorn.conf.py", env_file.parent)
    spec = spec_from_file_location("configuration", copy)
    configuration = module_from_spec(spec)
    spec.loader.exec_module(configuration)

    assert (configuration.bind, configuration.workers) == ("127.0.0.1:8123", 5)
    # A process that a reload starts reads the file as it is then.
    assert "PORT" not in os.environ
