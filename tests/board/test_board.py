"""The board: moves are staged, looked at together, and published the way all writes go."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.urls import reverse

from programme.models import Change, Meeting, Session, StagedMove
from registration.models import History, Message
from tests import factories
from tests.board.plans import BOARD, PLAN, plan_of, publish, said, send, shown_by, staged, to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_in_english", "meeting")]


@pytest.fixture
def red():
    return factories.room(name_es="Roja")


@pytest.fixture
def blue():
    return factories.room(name_es="Azul")


@pytest.fixture
def clay(red):
    return factories.session(title_en="Clay", room=red)


@pytest.fixture
def wool(blue):
    return factories.session(title_en="Wool", room=blue)


@pytest.fixture
def ana_client(sign_in):
    ana = factories.user(username="ana", is_superuser=True)
    return sign_in(ana)


def place(session):
    session.refresh_from_db()
    return session.day, session.starts_at, session.ends_at, session.room


# Staging


def test_staged_move_changes_nothing_for_visitors_until_it_is_published(staff_client, clay, blue):
    before, version = place(clay), Meeting.objects.get().version

    staged(staff_client, clay, to("12:00", day=2, minutes=90, room=blue))

    assert (place(clay), Meeting.objects.get().version) == (before, version)
    assert (Change.objects.count(), Message.objects.count()) == (0, 0)
    assert [line["target"] for line in plan_of(staff_client)["moves"]] == [
        "Thu 19, 12:00–13:30 · Azul"
    ]


def test_message_after_staging_says_from_where_to_where_and_what_follows(
    staff_client, clay, wool, blue
):
    response = send(staff_client, clay, to("10:30", room=blue))

    assert said(staff_client.get(response.url)) == [
        "Staged, not published: “Clay”, from Wed 18, 10:00–11:00 · Roja to "
        "Wed 18, 10:30–11:30 · Azul.",
        "“Wool” and “Clay” would both be in “Azul” at the same time.",
    ]


def test_session_without_hours_gets_them_and_can_lose_them_again(staff_client, red):
    session = factories.session(starts_at=None)
    page = staff_client.get(reverse(BOARD)).context
    assert [card.session for card in page["unplaced"]] == [session]

    staged(staff_client, session, to("9.30", room=red))
    assert staff_client.get(reverse(BOARD)).context["unplaced"] == []
    staged(staff_client, session, {"day": "", "starts": "", "minutes": "", "room": ""})

    move = StagedMove.objects.get()
    assert (move.day, move.starts_at, move.ends_at, move.room) == (None, None, None, None)


def test_move_to_where_the_session_is_takes_it_out_of_the_plan(staff_client, clay, red):
    staged(staff_client, clay, to("12:00", room=red))

    staged(staff_client, clay, to("10:00", room=red))

    assert StagedMove.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        ({"day": ""}, ["day"]),
        ({"starts": "noon"}, ["starts"]),
        ({"minutes": ""}, ["minutes"]),
        ({"minutes": "0"}, ["minutes"]),
        ({"day": "2026-11-25"}, ["day"]),
        ({"room": "999"}, ["room"]),
    ],
)
def test_refused_form_says_why_and_keeps_what_was_typed(staff_client, clay, red, typed, fields):
    response = send(staff_client, clay, to("12:00", room=red) | typed)

    form = response.context["form"]
    assert (response.status_code, list(form.errors)) == (200, fields)
    assert {name: form[name].value() for name in typed} == typed
    assert StagedMove.objects.count() == 0


@pytest.mark.drill
def test_session_outside_the_venue_moves_in_time_and_keeps_its_place(staff_client, red):
    visit = factories.session(venue_name="Casa Bicentenario", venue_address="Palma 1")

    staged(staff_client, visit, to("15:00", day=2))
    publish(staff_client)

    visit.refresh_from_db()
    assert (visit.starts_at, visit.venue_name) == (
        factories.moment("15:00", day=2),
        "Casa Bicentenario",
    )
    with pytest.raises(ValidationError, match="Casa Bicentenario"):
        StagedMove(session=visit, day=visit.day, room=red).clean()


# Publishing


def test_swap_of_two_rooms_is_published_in_one_go(staff_client, clay, wool, red, blue):
    staged(staff_client, clay, to("10:00", room=blue))
    staged(staff_client, wool, to("10:00", room=red))

    response = publish(staff_client)

    assert said(response) == ["2 sessions are moved."]
    assert (place(clay)[3], place(wool)[3]) == (blue, red)
    assert (clay.revision, wool.revision) == (1, 1)
    assert StagedMove.objects.count() == 0


def test_plan_is_one_piece_of_news_a_session_and_one_raise_of_the_version(
    staff_client, clay, wool, red, blue
):
    draft = factories.session(state="draft", room=red)
    version = Meeting.objects.get().version
    for hour, session in (("12:00", clay), ("13:00", wool), ("16:00", draft)):
        staged(staff_client, session, to("9:00", day=2, room=red))
        staged(staff_client, session, to(hour, day=3, room=red))

    publish(staff_client)

    assert sorted(row.session_id for row in Change.objects.all()) == [clay.pk, wool.pk]
    assert Meeting.objects.get().version == version + 1


def test_each_person_gets_one_mail_that_names_all_moved_sessions(staff_client, red, blue):
    shops = [factories.workshop(title_en=name, room=red) for name in ("Clay", "Wool", "Dye")]
    quotas = [factories.quota(session=shop) for shop in shops]
    rosa, eva = (factories.registration(mail_language="en") for _n in range(2))
    factories.registration(unproven_since=factories.NOW)
    for person, quota in ((rosa, quotas[0]), (rosa, quotas[1]), (eva, quotas[1])):
        factories.place(registration=person, quota=quota)
    for number, shop in enumerate(shops):
        staged(staff_client, shop, to(f"{9 + number}:00", day=2, room=blue))

    response = publish(staff_client)

    assert said(response) == ["3 sessions are moved. 2 e-mails are on their way."]
    mails = Message.objects.filter(kind=Message.Kind.SESSION_MOVED)
    assert sorted(mail.registration_id for mail in mails) == [rosa.pk, eva.pk]
    assert History.objects.filter(event="session_moved").count() == 3


@pytest.mark.drill
def test_mails_are_left_out_where_the_box_is_not_ticked(staff_client, red, blue):
    quota = factories.quota(session=factories.workshop(room=red))
    factories.place(registration=factories.registration(), quota=quota)
    staged(staff_client, quota.session, to("9:00", day=2, room=blue))

    response = publish(staff_client, writes=None)

    assert said(response) == ["1 session is moved."]
    assert Message.objects.count() == 0


def test_log_has_each_session_and_the_plan(staff_client, organiser, clay, wool, blue):
    staged(staff_client, clay, to("12:00", room=blue))
    staged(staff_client, wool, to("16:00", room=blue))

    publish(staff_client)

    rows = LogEntry.objects.filter(user=organiser).order_by("pk")
    assert [(row.object_repr, row.get_change_message()) for row in rows] == [
        ("Clay", "Changed starts, ends and room."),
        ("Wool", "Changed starts and ends."),
        (str(Meeting.objects.get()), "Published the plan of the board: 2 sessions moved."),
    ]


def test_warnings_are_published_only_when_ticked(staff_client, clay, wool, blue):
    person = factories.person(name="Iris")
    factories.part(session=clay, person=person)
    factories.part(session=wool, person=person)
    staged(staff_client, clay, to("9:30", room=factories.room()))
    page = plan_of(staff_client)
    assert [one.words for one in page["warnings"]] == [
        "Iris would be in “Clay” and in “Wool” at the same time."
    ]

    refused = staff_client.post(reverse(PLAN), shown_by(page) | {"is_known": ""})

    assert list(refused.context["form"].errors) == ["is_known"]
    assert place(clay)[1] == factories.moment("10:00")
    publish(staff_client)
    assert place(clay)[1] == factories.moment("9:30")


def test_plan_with_a_room_taken_twice_is_not_published(staff_client, clay, wool, blue):
    staged(staff_client, clay, to("10:30", room=blue))
    page = plan_of(staff_client)

    response = publish(staff_client, page, is_known="on")

    assert not page["is_ready"]
    assert said(response) == ["“Wool” and “Clay” would both be in “Azul” at the same time."]
    assert StagedMove.objects.count() == 1


# Two organisers, and sessions that change under the plan


def test_move_staged_meanwhile_by_another_organiser_is_not_replaced_unseen(
    staff_client, ana_client, clay, red, blue
):
    url = reverse("admin:board-move", args=[clay.pk])
    opened = staff_client.get(url).context["form"]["seen"].value()
    staged(ana_client, clay, to("16:00", room=red))

    response = staff_client.post(url, to("12:00", room=blue) | {"seen": opened})

    form = response.context["form"]
    assert form.non_field_errors() == [
        "ana has staged a move of “Clay” while this page was open: Wed 18, 16:00–17:00 · Roja. If "
        "you want yours all the same, send it again."
    ]
    assert StagedMove.objects.get().starts_at == factories.moment("16:00")
    assert form["starts"].value() == "12:00"
    again = to("12:00", room=blue) | {"seen": form["seen"].value()}
    assert staff_client.post(url, again).status_code == 302
    assert StagedMove.objects.get().starts_at == factories.moment("12:00")


def test_plan_that_another_organiser_changed_is_neither_published_nor_undone(
    staff_client, ana_client, clay, wool, red, blue
):
    staged(staff_client, clay, to("12:00", room=red))
    page = plan_of(staff_client)
    staged(ana_client, wool, to("12:00", room=blue))

    published = publish(staff_client, page)
    undone = staff_client.post(reverse("admin:board-undo-all"), {"seal": page["seal"]}, follow=True)

    words = "was changed while this page was open: look at it again. Nothing was done."
    assert [words in line for line in said(published) + said(undone)] == [True, True]
    assert StagedMove.objects.count() == 2


@pytest.mark.drill
def test_move_is_not_undone_by_a_version_that_is_no_number(staff_client, clay, red):
    move = staged(staff_client, clay, to("12:00", room=red))
    for version in ("", "x", "9" * 5000):
        url = reverse("admin:board-undo", args=[move.pk])
        assert staff_client.post(url, {"version": version}).status_code == 302

    assert StagedMove.objects.count() == 1


def test_move_that_another_organiser_staged_anew_is_not_undone(staff_client, ana_client, clay, red):
    move = staged(staff_client, clay, to("12:00", room=red))
    staged(ana_client, clay, to("16:00", room=red))
    url = reverse("admin:board-undo", args=[move.pk])

    staff_client.post(url, {"version": move.version})
    assert StagedMove.objects.count() == 1
    staff_client.post(url, {"version": move.version + 1})

    assert StagedMove.objects.count() == 0


def test_session_moved_under_the_plan_is_told_and_refused_until_it_was_looked_at(
    staff_client, clay, red, blue
):
    staged(staff_client, clay, to("12:00", room=blue))
    ready = plan_of(staff_client)
    Session.objects.filter(pk=clay.pk).update(revision=1, room=blue)

    page = plan_of(staff_client)
    publish(staff_client, ready)
    publish(staff_client, page)

    assert (page["outdated"], page["is_ready"], StagedMove.objects.count()) == (1, False, 1)
    (line,) = page["moves"]
    assert line["may_keep"]
    staff_client.post(reverse("admin:board-keep", args=[line["move"].pk]), {"seen": line["seen"]})
    assert plan_of(staff_client)["outdated"] == 0
    publish(staff_client)
    assert place(clay)[1] == factories.moment("12:00")


@pytest.mark.drill
def test_keeping_a_move_whose_session_changed_once_more_is_refused(staff_client, clay, red):
    staged(staff_client, clay, to("12:00", room=red))
    Session.objects.update(revision=1)
    (line,) = plan_of(staff_client)["moves"]
    Session.objects.update(revision=2)

    staff_client.post(reverse("admin:board-keep", args=[line["move"].pk]), {"seen": line["seen"]})

    assert plan_of(staff_client)["outdated"] == 1


@pytest.mark.drill
@pytest.mark.parametrize("deed", ["cancelled", "deleted"])
def test_session_cancelled_or_deleted_under_the_plan_stays_in_it_until_undone(
    staff_client, clay, wool, red, deed
):
    move = staged(staff_client, clay, to("12:00", room=red))
    staged(staff_client, wool, to("16:00", room=red))
    if deed == "deleted":
        clay.delete()
    else:
        Session.objects.filter(pk=clay.pk).update(state=deed, revision=1)

    page = plan_of(staff_client)
    publish(staff_client, page)

    assert (page["outdated"], StagedMove.objects.count()) == (1, 2)
    html = staff_client.get(reverse(PLAN)).content.decode()
    assert "Clay" in html
    assert f"The session was {deed}: undo this move." in html
    staff_client.post(reverse("admin:board-undo", args=[move.pk]), {"version": 1})
    publish(staff_client)
    assert place(wool)[1] == factories.moment("16:00")


# The page


def test_day_has_rooms_as_columns_and_spans_for_what_lasts_longer(staff_client, clay, wool, red):
    factories.session(title_en="Loom", room=red, starts_at=factories.moment("10:30"))
    grid = staff_client.get(reverse(BOARD)).context["grid"]

    assert ([column.name for column in grid.columns], grid.step) == (["Roja", "Azul"], 15)
    spans = [
        (row.label, cell.column.name, cell.span, [str(card.session) for card in cell.cards])
        for row in grid.rows
        for cell in row.cells
        if cell.cards
    ]
    assert spans == [("10:00", "Roja", 6, ["Clay", "Loom"]), ("10:00", "Azul", 4, ["Wool"])]
    for n in range(len(grid.rows)):
        covering = [
            cell
            for start, row in enumerate(grid.rows)
            for cell in row.cells
            if start <= n < start + cell.span
        ]
        assert len(covering) == len(grid.columns)


@pytest.mark.drill
def test_day_with_hours_after_midnight_shows_them_to_their_end(staff_client, red):
    night = factories.moment("22:00")
    late = factories.session(room=red, starts_at=night)
    Session.objects.filter(pk=late.pk).update(ends_at=factories.moment("1:25", day=2))

    grid = staff_client.get(reverse(BOARD)).context["grid"]

    assert (grid.step, grid.rows[0].label, grid.rows[-1].label) == (5, "9:00", "1:20")


def test_rows_after_midnight_are_hours_of_the_next_day(staff_client, red):
    late = factories.session(room=red, starts_at=factories.moment("22:00"))
    Session.objects.filter(pk=late.pk).update(ends_at=factories.moment("1:30", day=2))

    rows = staff_client.get(reverse(BOARD)).context["grid"].rows

    first, second = factories.FIRST_DAY, factories.FIRST_DAY + timedelta(days=1)
    assert [row.day for row in rows if row.at in ("22:00", "00:30")] == [first, second]


def test_session_taken_off_the_board_keeps_its_length(staff_client, clay, red):
    Session.objects.filter(pk=clay.pk).update(ends_at=clay.starts_at + timedelta(minutes=90))
    staged(staff_client, clay, to("", room=red))

    card = staff_client.get(reverse(BOARD)).context["unplaced"][0]
    form = staff_client.get(reverse("admin:board-move", args=[clay.pk])).context["form"]

    assert [card.minutes, form["minutes"].value()] == [90, 90]


@pytest.mark.drill
def test_one_room_can_be_shown_alone(staff_client, clay, wool, blue):
    page = staff_client.get(reverse(BOARD), {"room": f"room-{blue.pk}"}).context

    assert [column.name for column in page["grid"].columns] == ["Azul"]
    assert len(page["every_column"]) == 2


def test_start_page_and_list_of_sessions_lead_to_the_board(staff_client, clay):
    link = f'href="{reverse(BOARD)}"'

    for name in ("admin:index", "admin:programme_session_changelist"):
        assert link in staff_client.get(reverse(name)).content.decode()


@pytest.mark.parametrize("count", [2, 14])
def test_pages_cost_the_same_queries_for_few_and_many(
    staff_client, django_assert_num_queries, count, red
):
    people = [factories.registration() for _n in range(2)]
    for number in range(count):
        shop = factories.workshop(room=red, theme=factories.theme())
        factories.part(session=shop)
        factories.part(presentation=factories.presentation(session=shop))
        quota = factories.quota(session=shop, size=9)
        for person in people:
            factories.place(registration=person, quota=quota)
        start = factories.moment(f"{9 + number % 4}:00", day=2)
        factories.staged_move(session=shop, starts_at=start)
    for name, queries in ((BOARD, 14), (PLAN, 14)):
        staff_client.get(reverse(name))
        with django_assert_num_queries(queries):
            staff_client.get(reverse(name))
