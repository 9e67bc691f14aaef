"""People of a cancelled session lose their seats; people of a moved one are told."""

import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from programme.models import Session
from registration import actions
from registration.models import Message, Quota
from tests import factories
from tests.back_office import address, carried_by, form_of
from tests.programme.loading_files import SMALL
from tests.registration.helpers import confirmed, events, fresh, mails, sign_up, states, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_in_english")]


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=100)


@pytest.fixture
def workshop(in_person):
    session = factories.workshop(title_en="Oral archive", starts_at=factories.moment("10:00"))
    return factories.quota(session=session, size=1)


@pytest.fixture
def later(in_person):
    session = factories.workshop(title_en="Conservation", starts_at=factories.moment("15:00"))
    return factories.quota(session=session, size=20)


def saved(client, session, **facts):
    url = address(session)
    data = form_of(client, url)
    if moment := facts.pop("starts", None):
        ends = f"{int(moment[:2]) + 1:02}:00"
        facts |= {"starts_at_1": moment, "ends_at_1": ends}
    response = client.post(url, data | facts)
    assert response.status_code == 302, response.context["adminform"].form.errors
    return response


def cancelled(client, session, reason="Llueve."):
    """Cancel on the page that says first who loses what."""
    url = address(session, "cancel")
    page = client.get(url).context
    data = carried_by({"carried": page["form"].carried}) | {"cancellation_reason_es": reason}
    response = client.post(url, data)
    assert response.status_code == 302, response.context["form"].errors
    return page


def told(client):
    response = client.get(reverse("admin:programme_session_changelist"))
    return [str(message) for message in response.context["messages"]]


# Cancelled


def test_cancelled_session_frees_seats_and_line(staff_client, organiser, in_person, workshop):
    rosa = confirmed(in_person, workshop, n=1, full_name="Rosa")
    eva = confirmed(in_person, workshop, n=2, full_name="Eva", waitlist=[workshop.code])

    page = cancelled(staff_client, workshop.session)

    assert (page["seated"], page["waiting"], page["written"]) == (1, 1, 2)
    assert Session.objects.get().cancellation_reason_es == "Llueve."
    assert states(rosa) == states(eva) == {in_person.pk: "confirmed", workshop.pk: "released"}
    assert (taken(workshop), taken(in_person)) == (0, 2)
    assert mails()[-2:] == [("session_cancelled", "Rosa"), ("session_cancelled", "Eva")]
    history = rosa.history.last()
    assert (history.event, history.quota, history.actor) == (
        "session_cancelled",
        workshop,
        organiser,
    )
    assert told(staff_client)[-1] == (
        "2 people lost seats or positions on the waiting list, and get an e-mail if confirmed."
    )


@pytest.mark.parametrize("language", ["es", "pt"])
def test_freed_people_are_counted_in_the_organisers_language(
    staff_client, in_person, workshop, language
):
    confirmed(in_person, workshop)
    url, reason = address(workshop.session, "cancel"), {"cancellation_reason_es": "Llueve."}

    staff_client.post(url, reason, headers={"accept-language": language})

    words = {"es": "1 persona perdió", "pt": "1 pessoa perdeu"}
    assert told(staff_client)[-1].startswith(words[language])


def test_cancelling_asks_for_the_reason_and_does_nothing_without_it(
    staff_client, in_person, workshop
):
    rosa = confirmed(in_person, workshop)

    refused = staff_client.post(address(workshop.session, "cancel"), {})

    assert refused.context["form"].errors == {
        "cancellation_reason_es": ["Say why, in one language at least: it goes into the e-mail."]
    }
    assert states(rosa)[workshop.pk] == "confirmed"


def test_list_of_states_offers_no_cancelling(staff_client, in_person, workshop):
    data = form_of(staff_client, address(workshop.session)) | {"state": "cancelled"}

    refused = staff_client.post(address(workshop.session), data)

    assert list(refused.context["adminform"].form.errors) == ["state"]


def test_session_that_people_have_seats_in_is_not_taken_back_in_silence(
    staff_client, in_person, workshop
):
    confirmed(in_person, workshop)
    data = form_of(staff_client, address(workshop.session)) | {"state": "draft"}

    refused = staff_client.post(address(workshop.session), data)

    assert refused.context["adminform"].form.errors == {
        "state": [
            "1 person has a seat in it or is waiting: cancel it first, so that they get an e-mail."
        ]
    }


def test_only_who_may_change_the_session_may_cancel_it(powerless_client, workshop):
    assert powerless_client.get(address(workshop.session, "cancel")).status_code == 403


def test_pending_registration_loses_the_seat_without_a_mail(staff_client, in_person, workshop):
    rosa = sign_up(in_person, workshop)

    cancelled(staff_client, workshop.session)

    assert states(rosa) == {in_person.pk: "held", workshop.pk: "released"}
    assert [kind for kind, _name in mails()] == ["pending"]


def test_draft_is_not_cancelled_for_that_would_show_it(staff_client, meeting):
    draft = factories.session(state="draft")
    data = {"cancellation_reason_es": "Llueve."}

    response = staff_client.post(address(draft, "cancel"), data, follow=True)

    draft.refresh_from_db()
    assert (draft.state, draft.changes.count()) == ("draft", 0)
    assert "Only what is published is cancelled" in response.text


def test_cancelling_once_more_writes_nobody_twice(staff_client, in_person, workshop):
    confirmed(in_person, workshop)
    cancelled(staff_client, workshop.session)

    cancelled_again = staff_client.post(address(workshop.session, "cancel"), {})
    saved(staff_client, workshop.session, title_es="Otro")

    assert cancelled_again.status_code == 302
    assert [kind for kind, _name in mails()].count("session_cancelled") == 1


def test_session_published_again_names_the_people_who_must_choose_it_again(
    staff_client, in_person, workshop
):
    rosa = confirmed(in_person, workshop, n=1, full_name="Rosa")
    confirmed(in_person, workshop, n=2, full_name="Eva", waitlist=[workshop.code])
    actions.cancel(confirmed(in_person, workshop, n=3, waitlist=[workshop.code]))
    cancelled(staff_client, workshop.session)
    told(staff_client)

    saved(staff_client, workshop.session, state="published")

    people = reverse("admin:programme_session_people", args=[workshop.session_id])
    assert told(staff_client)[0] == (
        "2 people had a seat or were waiting when it was cancelled, and have to choose it again: "
        f'they get no e-mail. <a href="{people}">See them</a>'
    )
    assert states(rosa)[workshop.pk] == "released"
    assert lost(staff_client, workshop) == ["Eva", "Rosa"]


def lost(client, quota):
    page = client.get(reverse("admin:programme_session_people", args=[quota.session_id]))
    assert ("lost-heading" in page.content.decode()) == bool(page.context["lost"])
    return [registration.full_name for registration in page.context["lost"]]


def test_person_who_chose_the_session_again_is_no_longer_named(staff_client, in_person, workshop):
    rosa = confirmed(in_person, workshop)
    cancelled(staff_client, workshop.session)
    saved(staff_client, workshop.session, state="published")

    actions.change_places(rosa, fresh(in_person, workshop))

    assert lost(staff_client, workshop) == []


def test_session_published_for_the_first_time_names_nobody(staff_client, in_person):
    session = factories.workshop(state="draft")
    factories.quota(session=session)

    saved(staff_client, session, state="published")

    assert len(told(staff_client)) == 1


def test_cancelling_a_session_leaves_other_sessions_alone(staff_client, in_person, workshop, later):
    rosa = confirmed(in_person, workshop, later)

    cancelled(staff_client, workshop.session)

    assert states(rosa)[later.pk] == "confirmed"


def test_correcting_a_title_promotes_nobody_in_the_last_24_hours(
    sign_in, organiser, in_person, workshop, later, time_machine
):
    first = confirmed(in_person, workshop, n=1)
    second = confirmed(in_person, workshop, n=2, waitlist=[workshop.code])
    time_machine.move_to(factories.moment("09:00"), tick=False)
    actions.give_back(first, workshop)

    saved(sign_in(organiser), later.session, title_en="Paper")

    assert str(Session.objects.get(pk=later.session_id)) == "Paper"
    assert states(second)[workshop.pk] == "waiting"


def test_loading_a_cancelled_session_frees_its_seats(db, tmp_path):
    entry = {**SMALL["sessions"][0], "format": "in_person", "seats": 5}
    load(tmp_path, entry)
    quota = Quota.objects.exclude(session=None).get()
    place = factories.place(quota=quota)

    load(tmp_path, entry | {"state": "cancelled", "cancellation_reason": {"es": "Lluvia."}})

    place.refresh_from_db()
    assert (place.state, taken(quota)) == ("released", 0)
    assert [kind for kind, _name in mails()] == ["session_cancelled"]


def load(tmp_path, entry):
    file = tmp_path / "meeting.json"
    file.write_text(json.dumps({**SMALL, "sessions": [entry]}))
    call_command("load_meeting", file)


# Moved


def test_move_calls_nobody_into_a_clash(staff_client, in_person, workshop, later):
    holder = confirmed(in_person, workshop, n=1)
    rosa = confirmed(in_person, workshop, later, n=2, waitlist=[workshop.code])

    saved(staff_client, workshop.session, starts="15:00")
    actions.cancel(holder)

    assert states(rosa) == {
        in_person.pk: "confirmed",
        workshop.pk: "waiting",
        later.pk: "confirmed",
    }
    assert taken(workshop) == 0


def test_move_that_ends_a_clash_gives_the_free_seat_at_once(
    staff_client, in_person, workshop, later
):
    holder = confirmed(in_person, workshop, n=1)
    rosa = confirmed(in_person, workshop, later, n=2, waitlist=[workshop.code])
    saved(staff_client, workshop.session, starts="15:00")
    actions.cancel(holder)

    saved(staff_client, later.session, starts="17:00")

    assert states(rosa)[workshop.pk] == "confirmed"
    assert [kind for kind, _name in mails()][-1] == "promoted"


def test_move_onto_another_session_says_who_clashes_and_keeps_their_seats(
    staff_client, in_person, workshop, later
):
    rosa = confirmed(in_person, workshop, later)

    saved(staff_client, workshop.session, starts="15:00")

    assert states(rosa) == dict.fromkeys([in_person.pk, workshop.pk, later.pk], "confirmed")
    people = reverse("admin:programme_session_people", args=[workshop.session_id])
    assert told(staff_client)[0] == (
        "1 person has a seat in it and in another session at the same time. "
        f'<a href="{people}">See them and write to them</a>'
    )


@pytest.mark.parametrize("facts", [{"title_es": "Otro título"}, {"state": "published"}])
def test_saving_a_session_without_moving_it_warns_of_no_people(
    staff_client, in_person, workshop, facts
):
    confirmed(in_person, workshop)

    saved(staff_client, workshop.session, **facts)

    assert len(told(staff_client)) == 1


def clashes(session):
    return [(clash.registration.full_name, clash.others) for clash in actions.clashes_of(session)]


def test_clashes_list_only_people_with_both_seats(in_person, workshop, later):
    Quota.objects.filter(pk=workshop.pk).update(size=20)
    confirmed(in_person, workshop, later, n=1, full_name="Rosa")
    confirmed(in_person, workshop, n=2, full_name="Eva")
    confirmed(in_person, later, n=3, full_name="Luz")
    assert clashes(workshop.session) == []

    Session.objects.filter(pk=workshop.session_id).update(
        starts_at=later.session.starts_at, ends_at=later.session.ends_at
    )

    workshop.session.refresh_from_db()
    assert clashes(workshop.session) == [("Rosa", [later.session])]
    assert clashes(later.session) == [("Rosa", [workshop.session])]


# Written to


def write(client, session, recipients):
    return client.post(
        reverse("admin:programme_session_people", args=[session.pk]), {"recipients": recipients}
    )


@pytest.fixture
def moved(staff_client, in_person, workshop, later):
    """Move a workshop onto another: Rosa has seats in both, Eva only in the moved one."""
    Quota.objects.filter(pk=workshop.pk).update(size=20)
    confirmed(in_person, workshop, later, n=1, full_name="Rosa")
    confirmed(in_person, workshop, n=2, full_name="Eva")
    saved(staff_client, workshop.session, starts="15:00")
    workshop.session.refresh_from_db()
    return workshop.session


def moved_mails():
    return [name for kind, name in mails() if kind == "session_moved"]


def test_people_with_a_clash_are_written_to(staff_client, organiser, moved):
    write(staff_client, moved, "clashing")

    assert moved_mails() == ["Rosa"]
    history = Message.objects.get(kind="session_moved").history
    assert (history.event, history.actor, history.quota) == (
        "session_moved",
        organiser,
        moved.quota,
    )


def test_nobody_is_written_to_twice_about_one_move(staff_client, moved):
    for recipients in ("clashing", "everybody", "everybody"):
        write(staff_client, moved, recipients)

    assert moved_mails() == ["Rosa", "Eva"]


def test_another_move_is_written_about_again(staff_client, moved):
    write(staff_client, moved, "everybody")
    saved(staff_client, moved, starts="16:00")

    write(staff_client, moved, "everybody")

    assert sorted(moved_mails()) == ["Eva", "Eva", "Rosa", "Rosa"]


def test_people_without_address_or_confirmation_are_not_written_to(staff_client, moved):
    nobody = factories.registration(email="", attendance="in_person")
    factories.place(quota=moved.quota, registration=nobody)
    sign_up(*Quota.objects.exclude(session=None).filter(session=moved), n=9)

    write(staff_client, moved, "everybody")

    assert sorted(moved_mails()) == ["Eva", "Rosa"]
    assert "session_moved" not in events(nobody)


def test_unproven_address_gets_no_mail_about_a_move(staff_client, organiser, moved):
    at_desk = factories.registration(attendance="in_person", unproven_since=factories.NOW)
    factories.place(quota=moved.quota, registration=at_desk)

    write(staff_client, moved, "everybody")

    assert sorted(moved_mails()) == ["Eva", "Rosa"]
    assert "session_moved" not in events(at_desk)


@pytest.mark.parametrize("count", [1, 12])
def test_writing_and_freeing_cost_the_same_for_few_and_many(
    organiser, in_person, workshop, count, django_assert_num_queries
):
    Quota.objects.update(size=100)
    people = [confirmed(in_person, workshop, n=n) for n in range(count)]

    with django_assert_num_queries(9):
        assert actions.write_about_move(workshop.session, people, by=organiser) == count
    with django_assert_num_queries(27), actions.writing_sessions(by=organiser) as outcome:
        sessions = Session.objects.filter(quota=workshop)
        sessions.update(state="cancelled", cancellation_reason="Lluvia.")
    assert outcome.people_freed == count

    kinds = [kind for kind, _name in mails()]
    assert [kinds.count(k) for k in ("session_moved", "session_cancelled")] == [count] * 2


def test_page_lists_people_with_a_clash_first_and_both_hours(staff_client, moved):
    page = staff_client.get(reverse("admin:programme_session_people", args=[moved.pk]))

    [(clash, is_told)] = page.context["clashes"]
    assert (clash.registration.full_name, is_told) == ("Rosa", False)
    html = page.content.decode()
    assert html.count("from 15:00 to 16:00, Asunción time") == 3
    assert html.index("Expected in two places at once") < html.index("Eva")


@pytest.mark.parametrize("count", [1, 7])
def test_page_of_people_queries_do_not_grow(
    staff_client, in_person, workshop, later, count, django_assert_num_queries
):
    Quota.objects.filter(pk=workshop.pk).update(size=20)
    for n in range(count):
        confirmed(in_person, workshop, later, n=n)
    saved(staff_client, workshop.session, starts="15:00")
    url = reverse("admin:programme_session_people", args=[workshop.session_id])
    staff_client.get(url)

    with django_assert_num_queries(13):
        page = staff_client.get(url)

    assert len(page.context["clashes"]) == count


def test_page_needs_the_permission_to_see_people_and_writing_the_one_to_act(sign_in, moved):
    url = reverse("admin:programme_session_people", args=[moved.pk])
    reader = sign_in(factories.user(permissions=["registration.view_registration"]))
    planner = sign_in(factories.user(permissions=["programme.change_session"]))

    assert [c.get(url).status_code for c in (reader, planner)] == [200, 403]
    assert [write(c, moved, "everybody").status_code for c in (reader, planner)] == [403, 403]
    assert "Write to" not in reader.get(url).content.decode()
    assert moved_mails() == []


def test_unknown_group_of_recipients_gets_no_mail(staff_client, moved):
    response = write(staff_client, moved, "enemies")

    assert response.status_code == 302
    assert moved_mails() == []


# Deleted


def test_session_with_seats_is_kept_and_the_page_says_what_to_do(staff_client, workshop):
    response = staff_client.post(address(workshop.session, "delete"), {"post": "yes"})

    assert [str(message) for message in response.context["messages"]] == [
        "A session with seats cannot be deleted: mark it as cancelled, and the people in it "
        "get an e-mail."
    ]
    assert Session.objects.filter(pk=workshop.session_id).exists()
