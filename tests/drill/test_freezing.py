"""Freezing and taking out, killed half-way: what has the name of a bag is a whole one."""

import time

import pytest

from eim.editions import bags
from tests import factories
from tests.drill.backing_up import Operator
from tests.registration.site import database_url

pytestmark = pytest.mark.django_db(transaction=True)

# Files of the copy that is being written when the process is killed.
MOMENTS = ("data/site/es/index.html", "data/site/index.html", "data/programme.json")


@pytest.fixture
def operator(inbox, tmp_path, transactional_db):
    factories.meeting()
    factories.part(session=factories.session(), person=factories.person(slug="ana"))
    return Operator(inbox, tmp_path)


def killed_once_there(operator, path, *arguments):
    process = operator.start(database_url(), *arguments)
    while process.poll() is None and not path.exists():
        time.sleep(0.002)
    process.kill()
    process.communicate()


def test_freeze_killed_half_way_leaves_no_bag_and_the_next_one_is_whole(operator, tmp_path):
    folder = tmp_path / "editions" / "12"
    partial = tmp_path / "editions" / ".12.partial"
    for name in MOMENTS:
        killed_once_there(operator, partial / name, "freeze", folder)
        assert not folder.exists()
        assert (partial / name).exists()

    operator.manage(database_url(), "freeze", folder)

    bags.check(folder)
    assert [path.name for path in folder.parent.iterdir()] == ["12"]


def test_removal_killed_half_way_leaves_the_bag_as_it_was(operator, tmp_path):
    folder = tmp_path / "12"
    operator.manage(database_url(), "freeze", folder)
    for name in MOMENTS:
        path = tmp_path / ".12.partial" / name
        killed_once_there(operator, path, "freeze", folder, "--remove", "es/ponentes/ana/")
        bags.check(folder)
        assert (folder / "data/site/es/ponentes/ana/index.html").exists()

    # Without the database.
    operator.manage("sqlite:////nowhere/x", "freeze", folder, "--remove", "es/ponentes/ana/")

    bags.check(folder)
    assert not (folder / "data/site/es/ponentes/ana/index.html").exists()
    assert not list(tmp_path.glob(".12*"))
