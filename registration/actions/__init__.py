"""Writes of the registration that span rows, take the one lock, or lead to a mail."""

from registration.actions.changes import (
    Correction,
    ask_again,
    cancel,
    confirm,
    correct,
    resend,
    set_category,
    sweep,
    try_code,
)
from registration.actions.erasure import erase, purge, purge_when_due, terms
from registration.actions.messages import write_message
from registration.actions.places import Full, Refusal, locked_places
from registration.actions.quotas import open_in_person, open_seats, open_service, set_size
from registration.actions.reminders import remind
from registration.actions.sign_up import Application, sign_up
from registration.actions.suppressions import is_suppressed, suppress

__all__ = [
    "Application",
    "Correction",
    "Full",
    "Refusal",
    "ask_again",
    "cancel",
    "confirm",
    "correct",
    "erase",
    "is_suppressed",
    "locked_places",
    "open_in_person",
    "open_seats",
    "open_service",
    "purge",
    "purge_when_due",
    "remind",
    "resend",
    "set_category",
    "set_size",
    "sign_up",
    "suppress",
    "sweep",
    "terms",
    "try_code",
    "write_message",
]
