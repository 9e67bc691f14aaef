"""Weave the sessions into the picture of the home page: a figure each, in their order."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext, ngettext

from programme.models import Session
from programme.models.themes import marks_of
from programme.moment import Moment

# The fewer figures, the larger: home.css has a size for each name, so that the cloth never grows
# beyond the hero. A name stands for up to so many figures; `THINNEST` for more.
SIZES = {"bold": 16, "medium": 72, "fine": 288}
THINNEST = "thinnest"


class FigureState(StrEnum):
    ANNOUNCED = "announced"
    # Its day is not known, or the meeting is postponed or cancelled.
    OPEN = "open"
    LIVE = "live"
    PAST = "past"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One session in the cloth."""

    motif: str
    colour: str
    state: FigureState


@dataclass(frozen=True, kw_only=True)
class Cloth:
    """The figures of all sessions, and the sentence that says so beside them."""

    figures: list[Figure]
    words: str

    @property
    def size(self) -> str:
        fitting = (name for name, most in SIZES.items() if len(self.figures) <= most)
        return next(fitting, THINNEST)


def cloth_of(listed: Iterable[Session], moment: Moment) -> Cloth:
    """Return a figure of each session that takes place, breaks left out."""
    shown = [session for session in listed if not (session.is_break or session.is_cancelled)]
    return Cloth(
        figures=[figure_of(session, moment) for session in shown],
        words=words_about(shown, moment),
    )


def figure_of(session: Session, moment: Moment) -> Figure:
    return Figure(**marks_of(session.theme), state=state_of(session, moment))


def state_of(session: Session, moment: Moment) -> FigureState:
    if not moment.takes_place:
        return FigureState.OPEN
    # The cloth is finished, and stands in all its colours.
    if moment.has_ended:
        return FigureState.ANNOUNCED
    if session.day is None:
        return FigureState.OPEN
    if session.is_on(moment.now):
        return FigureState.LIVE
    return FigureState.PAST if moment.is_behind(session) else FigureState.ANNOUNCED


def words_about(shown: list[Session], moment: Moment) -> str:
    is_finished = moment.has_ended or not moment.takes_place
    if not shown:
        return "" if is_finished else gettext("Each figure of the weave will be a session.")
    return sentence_about(shown, is_finished=is_finished) % {"count": len(shown)}


def sentence_about(shown: list[Session], *, is_finished: bool) -> str:
    if is_finished:
        return ngettext(
            "Each figure of the weave is a session: %(count)d.",
            "Each figure of the weave is a session: %(count)d.",
            len(shown),
        )
    if any(session.starts_at is None for session in shown):
        return ngettext(
            "Each figure of the weave is a session: %(count)d so far; the weaving goes on.",
            "Each figure of the weave is a session: %(count)d so far; the weaving goes on.",
            len(shown),
        )
    return ngettext(
        "Each figure of the weave is a session: %(count)d so far.",
        "Each figure of the weave is a session: %(count)d so far.",
        len(shown),
    )
