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
from registration.actions.messages import write_message
from registration.actions.places import Full, Refusal, locked_places
from registration.actions.quotas import open_in_person, open_seats, open_service, set_size
from registration.actions.sign_up import Application, sign_up

__all__ = [
    "Application",
    "Correction",
    "Full",
    "Refusal",
    "ask_again",
    "cancel",
    "confirm",
    "correct",
    "locked_places",
    "open_in_person",
    "open_seats",
    "open_service",
    "resend",
    "set_category",
    "set_size",
    "sign_up",
    "sweep",
    "try_code",
    "write_message",
]
