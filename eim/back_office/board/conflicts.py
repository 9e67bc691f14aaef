"""Name what would be wrong with the programme once the plan is published."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from eim.back_office.attention.items import ItemLink
from eim.back_office.board.lunch import days_without_lunch, people_without_lunch
from eim.back_office.board.plans import Plan, sealed
from eim.back_office.board.words import hours_of
from eim.lib.languages import language_name
from programme.models import Part, Person, Session
from programme.wording.dates import day_words
from programme.wording.sessions import in_running_text, joined
from registration.models import Place, Quota
from registration.wording.crowding import crowding_of

type Pair = tuple[Session, Session]


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """A sentence about sessions; one that is refused keeps the plan from being published."""

    kind: str
    words: str
    sessions: tuple[Session, ...]
    # What tells it from others of the same kind about the same sessions.
    about: str = ""
    is_refused: bool = False

    @property
    def key(self) -> str:
        keys = ",".join(str(session.pk) for session in self.sessions)
        return f"{self.kind}:{keys}:{self.about}"

    @property
    def links(self) -> list[ItemLink]:
        """Return the pages on which these sessions are moved; of a whole day that is its board."""
        return [
            ItemLink(words=str(one), url=reverse("admin:board-move", args=[one.pk]))
            for one in self.sessions[:2]
        ]


def conflicts_of(plan: Plan) -> list[Conflict]:
    """Return what the plan brings about, what is refused first, by four queries."""
    pairs = list(pairs_of(plan))
    parts = parts_of(plan)
    found = [
        *broken_rules(plan),
        *rooms_twice(pairs),
        *people_twice(plan, pairs, parts),
        *languages_twice(plan, pairs),
        *small_halls(plan),
        *seats_twice(pairs),
        *no_lunch(plan, parts),
    ]
    return sorted(found, key=lambda one: not one.is_refused)


def seal_of(conflicts: Iterable[Conflict]) -> str:
    """Return what differs as soon as there is another conflict; figures may change meanwhile."""
    return sealed(one.key for one in conflicts)


def pairs_of(plan: Plan) -> Iterator[Pair]:
    """Yield each two sessions that would be at the same time, one of which the plan moves."""
    timed = [one for one in plan.planned if one.starts_at and one.ends_at]
    on: list[Session] = []
    for session in sorted(timed, key=begin_of):
        on = [other for other in on if other.overlaps(session)]
        for other in on:
            if session.pk in plan.move_of or other.pk in plan.move_of:
                yield other, session
        on.append(session)


def begin_of(session: Session) -> tuple[object, int]:
    return session.starts_at, session.pk


def broken_rules(plan: Plan) -> Iterator[Conflict]:
    """Name moves to days or hours that a session cannot have: the meeting may have moved."""
    for session in plan.moved:
        try:
            session.clean_placing(plan.meeting)
        except ValidationError as refusal:
            sentences = " ".join(refusal.messages)
            words = f"“{session}”: {sentences}"
            yield Conflict(kind="rules", words=words, sessions=(session,), is_refused=True)


def rooms_twice(pairs: Iterable[Pair]) -> Iterator[Conflict]:
    for one, other in pairs:
        sharing = Session.ROOM_SHARING_KINDS
        if one.room_id is None or one.room_id != other.room_id:
            continue
        if one.kind in sharing and other.kind in sharing:
            continue
        words = gettext("“%(one)s” and “%(other)s” would both be in “%(room)s” at the same time.")
        published = Session.State.PUBLISHED
        yield Conflict(
            kind="room",
            words=words % {"one": one, "other": other, "room": one.room},
            sessions=(one, other),
            is_refused=one.state == other.state == published,
        )


def parts_of(plan: Plan) -> dict[int, list[Person]]:
    """Return who takes part in each session, also in one of its presentations, by one query."""
    people: dict[int, dict[int, Person]] = {}
    rows = Part.objects.select_related("person", "presentation").order_by("person__name", "pk")
    for part in rows.defer("person__biography"):
        key = part.session_id or (part.presentation.session_id if part.presentation else None)
        if key:
            people.setdefault(key, {})[part.person_id] = part.person
    return {key: list(own.values()) for key, own in people.items()}


def people_twice(
    plan: Plan, pairs: Iterable[Pair], parts: dict[int, list[Person]]
) -> Iterator[Conflict]:
    for one, other in pairs:
        for person in parts.get(one.pk, []):
            if person not in parts.get(other.pk, []):
                continue
            words = gettext("%(person)s would be in “%(one)s” and in “%(other)s” at the same time.")
            words %= {"person": person, "one": one, "other": other}
            about = str(person.pk)
            yield Conflict(kind="person", words=words, sessions=(one, other), about=about)


def languages_twice(plan: Plan, pairs: Iterable[Pair]) -> Iterator[Conflict]:
    """Name sessions that need interpreters of one language at once: as many teams are needed."""
    others: dict[tuple[int, str, str], list[Session]] = {}
    for pair in pairs:
        for kind, code in needed(pair[0]) & needed(pair[1]):
            mine = pair[0] if pair[0].pk in plan.move_of else pair[1]
            theirs = pair[1] if mine is pair[0] else pair[0]
            others.setdefault((mine.pk, kind, code), []).append(theirs)
    by_key = {session.pk: session for session in plan.planned}
    for (key, kind, code), found in others.items():
        yield team_conflict(by_key[key], kind, code, found)


def needed(session: Session) -> set[tuple[str, str]]:
    signs = {("signs", code) for code in session.sign_languages}
    return signs | {("interpreters", code) for code in session.interpretation_languages}


def team_conflict(session: Session, kind: str, code: str, others: list[Session]) -> Conflict:
    sentence = ngettext(
        "“%(one)s” needs %(language)s interpreters, and so does %(others)s at that time.",
        "“%(one)s” needs %(language)s interpreters, and so do %(others)s at that time.",
        len(others),
    )
    names = joined([f"“{other}”" for other in others])
    language = in_running_text(language_name(code))
    words = sentence % {"one": session, "language": language, "others": names}
    sessions = (session, *others)
    return Conflict(kind=kind, words=words, sessions=sessions, about=code)


def small_halls(plan: Plan) -> Iterator[Conflict]:
    """Name rooms that would be too small, but not those that are so now and stay so."""
    in_person = Quota.objects.in_person().first()
    before = {one.pk for one, _words in crowded(plan.sessions, in_person)}
    for session, words in crowded(plan.planned, in_person):
        if session.pk in plan.move_of or session.pk not in before:
            yield Conflict(kind="hall", words=words, sessions=(session,))


def crowded(sessions: list[Session], in_person: Quota | None) -> Iterator[tuple[Session, str]]:
    held = [one for one in sessions if not one.is_break and one.format != Session.Format.ONLINE]
    by_day: dict[object, list[Session]] = {}
    for session in held:
        by_day.setdefault(session.day, []).append(session)
    for session in held:
        # Nobody can go to a draft instead.
        held_too = [
            one for one in by_day[session.day] if one.state == one.State.PUBLISHED or one == session
        ]
        if found := crowding_of(session, held_too, in_person):
            yield session, found.words


def seats_twice(pairs: Iterable[Pair]) -> Iterator[Conflict]:
    """Count the people with seats in both sessions of a pair, by one query."""
    seated = [pair for pair in pairs if all(getattr(one, "quota", None) for one in pair)]
    people = people_seated({one.pk for pair in seated for one in pair})
    for one, other in seated:
        count = len(people.get(one.pk, set()) & people.get(other.pk, set()))
        if not count:
            continue
        words = ngettext(
            "%(count)s person has a seat in “%(one)s” and in “%(other)s”, which would be at the "
            "same time.",
            "%(count)s people have a seat in “%(one)s” and in “%(other)s”, which would be at the "
            "same time.",
            count,
        )
        words %= {"count": count, "one": one, "other": other}
        yield Conflict(kind="seats", words=words, sessions=(one, other))


def people_seated(session_ids: set[int]) -> dict[int, set[int]]:
    people: dict[int, set[int]] = {}
    if session_ids:
        places = Place.objects.taken().filter(quota__session__in=session_ids)
        for session_id, person in places.values_list("quota__session", "registration"):
            people.setdefault(session_id, set()).add(person)
    return people


def no_lunch(plan: Plan, parts: dict[int, list[Person]]) -> Iterator[Conflict]:
    for day, sessions in days_without_lunch(plan):
        words = gettext("On %(day)s nobody would have three quarters of an hour for lunch.")
        words %= {"day": day_words(day)}
        yield Conflict(kind="lunch", words=words, sessions=tuple(sessions), about=f"{day}")
    for day, person, sessions in people_without_lunch(plan, parts):
        words = gettext(
            "On %(day)s %(person)s would have no three quarters of an hour for lunch: %(sessions)s."
        )
        named = joined([f"“{one}” ({hours_of(one, plan.meeting)})" for one in sessions])
        words %= {"day": day_words(day), "person": person, "sessions": named}
        about = f"{day}.{person.pk}"
        yield Conflict(kind="lunch", words=words, sessions=tuple(sessions), about=about)
