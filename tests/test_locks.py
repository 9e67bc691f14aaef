"""Writes lock all quotas first, then the rooms: any other order could deadlock.

On SQLite the IMMEDIATE transaction is the lock, so there only the order of the queries is tested.
"""

import json
import re

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programme.models import Meeting, Room, Session
from registration.models import Quota, Registration
from tests import factories
from tests.back_office import address, form_of
from tests.programme.loading_files import SMALL

LOCKS = ("lock registration_quota", "lock programme_room")
TABLE = re.compile(r'(?:FROM|INTO|UPDATE) "(registration_\w+|programme_(?:session|room))"')


def lock_of(table):
    clause = " FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""
    return f'SELECT "{table}"."id" AS "pk" FROM "{table}" ORDER BY 1 ASC{clause}'


def steps(work, *args, **options):
    """Run `work`, and return the tables of its queries, with `lock` or `delete` before them."""
    with CaptureQueriesContext(connection) as queries:
        work(*args, **options)
    found = []
    for sql in [query["sql"] for query in queries]:
        if table := TABLE.search(sql):
            verb = "lock " if sql == lock_of(table[1]) else "delete " * sql.startswith("DELETE")
            found.append(verb + table[1])
    return found


def first_of_programme(found):
    return next(step for step in found if "programme" in step)


def saving(client, row, **facts):
    url = address(row)
    return client.post, url, form_of(client, url) | facts


def test_saving_a_session_locks_quotas_then_rooms(staff_client, meeting):
    session = factories.quota(session=factories.workshop(room=factories.room())).session

    found = steps(*saving(staff_client, session, title_es="Otro título", seats="30"))

    assert (found[0], first_of_programme(found)) == LOCKS
    assert Session.objects.get().title_es == "Otro título"
    assert Quota.objects.get().size == 30


def test_deleting_a_session_locks_quotas_then_rooms(staff_client, meeting):
    url = address(factories.session(room=factories.room()), "delete")

    found = steps(staff_client.post, url, {"post": "yes"})

    assert (found[0], first_of_programme(found)) == LOCKS
    assert not Session.objects.exists()


def test_deleting_several_sessions_locks_quotas_then_rooms(staff_client, meeting):
    rows = [factories.session(room=factories.room()).pk for _n in range(2)]
    chosen = {"action": "delete_selected", "_selected_action": rows, "post": "yes"}

    found = steps(staff_client.post, reverse("admin:programme_session_changelist"), chosen)

    order = [found.index(step) for step in (*LOCKS, "delete programme_session")]
    assert order == sorted(order)
    assert not Session.objects.exists()


def test_saving_a_registration_locks_quotas(staff_client, meeting):
    registration = factories.place().registration

    found = steps(*saving(staff_client, registration, category="press"))

    assert found[0] == "lock registration_quota"
    assert Registration.objects.get().category == "press"


def test_loading_a_meeting_locks_quotas_then_rooms(db, tmp_path):
    file = tmp_path / "meeting.json"
    file.write_text(json.dumps(SMALL))

    found = steps(call_command, "load_meeting", file)

    assert (found[0], first_of_programme(found)) == LOCKS
    assert Session.objects.count() == len(SMALL["sessions"])


@pytest.mark.parametrize("facts", [{"last_day": "2026-11-21"}, {"time_zone": "America/Lima"}])
def test_saving_the_meeting_locks_quotas_then_rooms(staff_client, meeting, facts):
    factories.room()

    found = steps(*saving(staff_client, meeting, **facts))

    # Asked before the lock, under which nobody waits for a name server.
    places = [step for step in found if step != "registration_senderhealth"]
    assert (places[0], first_of_programme(found)) == LOCKS
    assert Meeting.objects.filter(**facts).exists()


def test_saving_a_room_locks_quotas_then_rooms(staff_client, meeting):
    found = steps(*saving(staff_client, factories.room(), capacity="12"))

    assert (found[0], first_of_programme(found)) == LOCKS
    assert Room.objects.get().capacity == 12
