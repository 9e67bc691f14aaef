"""What organisers say while it is on: it starts late, it goes on in other channels."""

from django.db import transaction
from django.utils.translation import gettext

from programme.actions.placing import bump_version
from programme.models import Session, Stream


class NoSpare(Exception):
    """Why a stream stays as it is, in a sentence."""


@transaction.atomic
def say_late(session: Session, minutes: int) -> None:
    """The hours of the programme stay: 0 says that it is on time again."""
    Session.objects.filter(pk=session.pk).update(minutes_late=minutes)
    bump_version()


@transaction.atomic
def switch_stream(stream: Stream, *, to_spare: bool) -> None:
    """Raises NoSpare where there is nothing to switch to."""
    if to_spare and not stream.has_spare:
        sentence = gettext("%(stream)s has no spare channel: add one first.")
        raise NoSpare(sentence % {"stream": stream})
    Stream.objects.filter(pk=stream.pk).update(uses_spare=to_spare)
    bump_version()
