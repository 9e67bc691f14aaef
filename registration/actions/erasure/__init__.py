"""Erasure of personal data, on request or when their time is over; counts remain."""

from registration.actions.erasure.erasing import (
    empty_journal,
    erase,
    news_addresses_of,
    with_data,
    with_needs,
    write_erasure,
)
from registration.actions.erasure.terms import Term, purge, purge_when_due, terms
