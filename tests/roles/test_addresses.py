"""A role does exactly what its sentence says: every address of the back office, role by role."""

from copy import deepcopy

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction

from tests.roles.rows import address_of, everything, names_of_addresses
from tests.roles.table import ADDRESSES, ANSWERS, LETTERS, REFUSED


def test_table_has_every_address_of_the_back_office():
    assert set(ADDRESSES) == names_of_addresses()


def answers(client, method, addresses):
    """Return whether each address answers; what it writes is taken back."""
    cookies = deepcopy(client.cookies)
    found = {}
    for name, address in addresses.items():
        client.cookies = deepcopy(cookies)
        with transaction.atomic():
            response = getattr(client, method)(address)
            # Reading a download to its end closes its file.
            response.getvalue()
            transaction.set_rollback(True)
        found[name] = response.status_code
    return found


def table_of(of_role, method):
    """Ask for every address in every role; return the letters of those to whom it answers."""
    rows = everything()
    addresses = {name: address_of(name, rows) for name in sorted(ADDRESSES)}
    opened, statuses = dict.fromkeys(addresses, ""), set()
    for letter, code in LETTERS.items():
        found = answers(of_role(code), method, addresses)
        statuses |= set(found.values())
        for name, status in found.items():
            opened[name] += "" if status in REFUSED else letter
    return opened, statuses


@pytest.mark.drill
def test_each_role_reads_what_the_table_says(of_role, db):
    opened, statuses = table_of(of_role, "get")

    assert opened == {name: gets for name, (gets, _posts) in ADDRESSES.items()}
    assert statuses <= ANSWERS


@pytest.mark.drill
def test_each_role_sends_what_the_table_says(of_role, db):
    opened, statuses = table_of(of_role, "post")

    assert opened == {name: posts for name, (_gets, posts) in ADDRESSES.items()}
    assert statuses <= ANSWERS
    assert Group.objects.filter(name="Voluntariado").exists()
    assert User.objects.filter(username="eva").exists()
