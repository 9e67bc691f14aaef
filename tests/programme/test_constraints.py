"""Test each constraint of the programme: the database refuses a row, and forms say why."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from programme.models import Meeting
from tests import constraints, factories
from tests.factories import FIRST_DAY, NOW, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]

EARLIER = timedelta(hours=-1)


@pytest.fixture(autouse=True)
def meeting(db):
    return factories.meeting()


def second_channel():
    first = factories.channel(language="es")
    return factories.channel(stream=first.stream, language="pt"), {"language": "es"}


def second_stream():
    first = factories.stream()
    return factories.stream(room=first.room, day=factories.LAST_DAY), {"day": first.day}


def second_part(**of):
    first = factories.part(**of, role="speaks")
    return factories.part(**of, person=first.person, role="moderates"), {"role": "speaks"}


def part_of_both():
    return factories.part(), {"presentation": factories.presentation()}


def second_removal(**of):
    """Return a removal that was brought back, and what makes it a second one of the same part."""
    factories.removal(**of)
    return factories.removal(**of, brought_back_at=NOW), {"brought_back_at": None}


# By constraint: a valid row, and new values of its columns that violate the constraint.
CASES = {
    "person_mail_language_is_known": lambda: (factories.person(), {"mail_language": "fr"}),
    "there_is_one_meeting": lambda: (Meeting.objects.get(), {"id": 2}),
    "meeting_ends_on_or_after_its_first_day": lambda: (
        Meeting.objects.get(),
        {"last_day": FIRST_DAY - timedelta(days=1)},
    ),
    "registration_opens_before_it_closes": lambda: (
        Meeting.objects.get(),
        {"registration_opens_at": NOW, "registration_closes_at": NOW},
    ),
    "coordinates_are_both_or_neither": lambda: (Meeting.objects.get(), {"latitude": "-25.28"}),
    "session_calendar_code_is_unique": lambda: (
        factories.session(),
        {"first_code": factories.session().code},
    ),
    "session_is_in_a_room_or_elsewhere": lambda: (
        factories.session(venue_name="Museu Nacional"),
        {"room": factories.room()},
    ),
    "session_venue_with_an_address_has_a_name": lambda: (
        factories.session(),
        {"venue_address": "Rua das Flores 1"},
    ),
    "meeting_standing_is_known": lambda: (Meeting.objects.get(), {"standing": "doubtful"}),
    "access_is_answered_within_90_days": lambda: (
        Meeting.objects.get(),
        {"access_answer_days": 91},
    ),
    "organisation_role_is_known": lambda: (factories.organisation(), {"role": "pays"}),
    "notice_ends_after_it_starts": lambda: (
        factories.notice(),
        {"shown_from": NOW, "shown_until": NOW},
    ),
    "notice_severity_is_known": lambda: (factories.notice(), {"severity": "loud"}),
    "document_is_a_file_or_an_address": lambda: (factories.document(), {"url": ""}),
    "edition_number_is_positive": lambda: (factories.edition(), {"number": 0}),
    "edition_year_is_plausible": lambda: (factories.edition(), {"year": 20}),
    "edition_has_both_days_or_neither": lambda: (factories.edition(), {"first_day": FIRST_DAY}),
    "edition_ends_on_or_after_its_first_day": lambda: (
        factories.edition(),
        {"first_day": FIRST_DAY, "last_day": FIRST_DAY - timedelta(days=1)},
    ),
    "edition_has_people_if_known": lambda: (factories.edition(), {"people": 0}),
    "edition_has_countries_if_known": lambda: (factories.edition(), {"countries": 0}),
    "theme_motif_is_known": lambda: (factories.theme(), {"motif": "llama"}),
    "theme_colour_is_known": lambda: (factories.theme(), {"colour": "grey"}),
    "session_has_both_hours_or_neither": lambda: (factories.session(), {"ends_at": None}),
    "session_ends_after_it_starts": lambda: (factories.session(), {"ends_at": moment("10:00")}),
    "session_with_hours_has_a_day": lambda: (factories.session(), {"day": None}),
    "workshop_is_in_person": lambda: (factories.workshop(), {"format": "hybrid"}),
    "session_format_is_known": lambda: (factories.session(), {"format": "by post"}),
    "session_state_is_known": lambda: (factories.session(), {"state": "lost"}),
    "session_kind_is_known": lambda: (factories.session(), {"kind": "party"}),
    "session_is_not_later_than_it_may_be": lambda: (factories.session(), {"minutes_late": 241}),
    "change_has_both_hours_or_neither": lambda: (factories.change(), {"ends_at": None}),
    "change_had_both_hours_or_neither": lambda: (factories.change(), {"was_ends_at": None}),
    "change_states_are_known": lambda: (factories.change(), {"was_state": "lost"}),
    "part_in_a_session_is_named_once": lambda: second_part(session=factories.session()),
    "part_in_a_presentation_is_named_once": lambda: second_part(
        presentation=factories.presentation()
    ),
    "part_is_in_a_session_or_a_presentation": part_of_both,
    "part_role_is_known": lambda: (factories.part(), {"role": "sings"}),
    "room_has_one_stream_a_day": second_stream,
    "channel_of_a_kind_and_language_is_one": second_channel,
    "channel_has_a_video_id_or_an_address": lambda: (factories.channel(), {"video_id": ""}),
    "question_state_is_known": lambda: (factories.question(), {"state": "sung"}),
    "question_says_something": lambda: (factories.question(), {"text": ""}),
    "removal_is_of_one_part_of_one_thing": lambda: (factories.removal(), {"part": "question"}),
    "removal_reason_is_known": lambda: (factories.removal(), {"reason": "boring"}),
    "removal_has_its_words": lambda: (factories.removal(), {"words": ""}),
    "removal_is_undone_after_it": lambda: (
        factories.removal(),
        {"brought_back_at": NOW + EARLIER},
    ),
    "removal_is_undone_at_some_time": lambda: (
        factories.removal(),
        {"brought_back_by": factories.user()},
    ),
    "staged_move_has_both_hours_or_neither": lambda: (factories.staged_move(), {"ends_at": None}),
    "staged_move_ends_after_it_starts": lambda: (
        factories.staged_move(),
        {"ends_at": moment("9:00", day=2)},
    ),
    "staged_move_with_hours_has_a_day": lambda: (factories.staged_move(), {"day": None}),
    "staged_move_names_its_session": lambda: (factories.staged_move(), {"session_code": ""}),
    "part_of_a_question_is_removed_once_at_a_time": lambda: second_removal(
        question=factories.question(), part="question"
    ),
    "channel_kind_is_known": lambda: (factories.channel(), {"kind": "smell"}),
}


def test_every_constraint_has_a_case():
    assert sorted(constraints.rules_of("programme")) == sorted(CASES)


@pytest.mark.parametrize("name", CASES)
def test_database_refuses_a_row_that_violates_one_constraint(name):
    model, rule = constraints.rules_of("programme")[name]
    row, changes = CASES[name]()

    refusal = constraints.refusal_of(row, changes)

    assert constraints.words_for(model, rule) in refusal
    assert constraints.broken_rules(constraints.changed(row, changes)) == [name]


MAKERS = {
    "Document": factories.document,
    "Edition": factories.edition,
    "Organisation": factories.organisation,
    "Page": factories.page,
    "Person": factories.person,
    "Question": factories.question,
    "Room": factories.room,
    "Session": factories.session,
    "StagedMove": factories.staged_move,
    "Theme": factories.theme,
}


@pytest.mark.parametrize(
    ("model", "field"),
    constraints.unique_fields_of("programme"),
    ids=lambda value: getattr(value, "__name__", value),
)
def test_database_refuses_a_second_row_with_a_unique_value(model, field):
    first, second = MAKERS[model.__name__](), MAKERS[model.__name__]()

    refusal = constraints.refusal_of(second, {field: getattr(first, field)})

    assert field in refusal


# Mistakes in the back office: a row, its new values, the field that has the error, the sentence.
SENTENCES = [
    (
        Meeting.objects.get,
        {"last_day": FIRST_DAY - timedelta(days=1)},
        "last_day",
        "The last day is before the first.",
    ),
    (
        Meeting.objects.get,
        {"registration_opens_at": NOW, "registration_closes_at": NOW},
        "registration_closes_at",
        "Registration closes before it opens.",
    ),
    (Meeting.objects.get, {"latitude": 1}, "longitude", "Give both coordinates, or neither."),
    (
        factories.notice,
        {"shown_from": NOW, "shown_until": NOW + EARLIER},
        "shown_until",
        "The notice ends before it starts.",
    ),
    (factories.document, {"url": ""}, "url", "Give either a file or a web address."),
    (
        lambda: factories.edition(year=2026),
        {"first_day": FIRST_DAY},
        "last_day",
        "Give both days, or neither.",
    ),
    (
        lambda: factories.edition(year=2026),
        {"first_day": FIRST_DAY, "last_day": FIRST_DAY - timedelta(days=1)},
        "last_day",
        "The last day is before the first.",
    ),
    (
        lambda: factories.edition(year=2022),
        {"first_day": FIRST_DAY, "last_day": FIRST_DAY},
        "first_day",
        "This day is not in the year above.",
    ),
    (factories.session, {"ends_at": None}, "ends_at", "Give both times, or neither."),
    (
        factories.session,
        {"ends_at": moment("10:00") + EARLIER},
        "ends_at",
        "The end must be later than the start.",
    ),
    (factories.session, {"day": None}, "day", "Times need a day."),
    (
        factories.session,
        {"slug": "alteracoes"},
        "slug",
        "The site itself uses this address: choose another.",
    ),
    (
        factories.workshop,
        {"format": "online"},
        "format",
        "Workshops are always in person only.",
    ),
    (
        factories.session,
        {"day": FIRST_DAY - timedelta(days=1)},
        "day",
        "This is not a day of the meeting.",
    ),
    (
        factories.session,
        {"starts_at": moment("10:00", day=2), "ends_at": moment("11:00", day=2)},
        "starts_at",
        "At the venue, this time does not fall on the day above.",
    ),
    (
        factories.channel,
        {"video_id": "", "url": "https://museum.example/live"},
        "url",
        "With a video id, leave the web address empty.",
    ),
    (
        factories.channel,
        {"video_id": "short"},
        "video_id",
        "This is neither the address nor the id of a video: copy it from the browser’s address "
        "bar, or with “Share”.",
    ),
    (
        lambda: factories.channel(provider="link"),
        {"url": ""},
        "url",
        "For another page, give its web address and no video id.",
    ),
    (
        lambda: constraints.changed(*second_stream()),
        {},
        "day",
        "This room already has a stream on this day.",
    ),
    (
        lambda: constraints.changed(*part_of_both()),
        {},
        "person",
        "A part belongs either to a session or to a presentation.",
    ),
    (
        factories.part,
        {"session": None},
        "person",
        "A part belongs either to a session or to a presentation.",
    ),
]


@pytest.mark.parametrize(
    ("make", "changes", "field", "sentence"), SENTENCES, ids=[case[3] for case in SENTENCES]
)
def test_full_and_partial_forms_say_an_error_once_beside_its_field(make, changes, field, sentence):
    row = constraints.changed(make(), changes)

    assert constraints.sentences_of(row) == {field: [sentence]}
    assert constraints.sentences_of_partial_form(row, field) == {field: [sentence]}


def test_stand_becomes_a_poster_gallery_on_the_way_back():
    session = factories.session(kind="stand")
    stands = import_module("programme.migrations.0011_stands_share_a_room").Migration

    stands.operations[-1].reverse_code(apps, None)

    session.refresh_from_db()
    assert session.kind == "posters"
