"""Announce delays, and switch streams to their spare channels."""

from django.db import transaction
from django.utils.translation import gettext

from programme.actions.sessions import bump_version
from programme.models import Session, Stream


class NoSpare(Exception):
    """The stream has no spare channels; `str()` returns a translated sentence."""


@transaction.atomic
def say_late(session: Session, minutes: int) -> None:
    """Set a session's delay, 0 for none; its hours in the programme do not change."""
    Session.objects.filter(pk=session.pk).update(minutes_late=minutes)
    bump_version()


@transaction.atomic
def switch_stream(stream: Stream, *, to_spare: bool) -> None:
    """Show the spare channels or the usual ones; raises NoSpare if there are no spare ones."""
    if to_spare and not stream.has_spare:
        sentence = gettext("%(stream)s has no spare channel: add one first.")
        raise NoSpare(sentence % {"stream": stream})
    Stream.objects.filter(pk=stream.pk).update(uses_spare=to_spare)
    bump_version()
