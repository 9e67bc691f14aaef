"""People whom an organiser writes down at the desk."""

import pytest
from django.urls import reverse

from registration.models import Quota, Registration
from tests import factories
from tests.back_office import address
from tests.registration.helpers import confirmed, errors, mails, sign_up, states, taken

ADD = reverse("admin:registration_registration_add")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office_in_english")]


@pytest.fixture
def in_person(meeting):
    return factories.quota(size=100)


@pytest.fixture
def workshop(in_person):
    return factories.quota(session=factories.workshop(title="Archivo oral"), size=1)


def typed(client, **facts):
    """What the page would send for somebody without an address who comes in person."""
    form = client.get(ADD).context["form"]
    shown = {name: form[name].value() for name in ("reference", "country", "mail_language")}
    person = {"full_name": "Rosa Quispe", "institution": "", "occupation": "other", "email": ""}
    return shown | person | {"category": "attendee", "attendance": "in_person"} | facts


def test_person_without_address_is_confirmed_and_the_reference_is_shown(
    staff_client, in_person, workshop
):
    data = typed(staff_client, workshops=[workshop.code], category="press")

    response = staff_client.post(ADD, data, follow=True)

    rosa = Registration.objects.get()
    assert response.redirect_chain[-1][0] == address(rosa)
    assert (rosa.state, rosa.category, rosa.email_key) == ("confirmed", "press", None)
    assert states(rosa) == {in_person.pk: "confirmed", workshop.pk: "confirmed"}
    assert [str(m) for m in response.context["messages"]] == [
        f"Rosa Quispe is registered, with the reference {rosa.spaced_reference}."
    ]
    assert mails() == []


def test_person_with_address_is_asked_to_prove_it(staff_client, in_person):
    staff_client.post(ADD, typed(staff_client, email="rosa@museo.example", attendance="online"))

    assert mails() == [("desk", "Rosa Quispe")]


def test_page_sent_twice_adds_one_person(staff_client, in_person):
    data = typed(staff_client)

    urls = [staff_client.post(ADD, data).url for _n in range(2)]

    assert urls == [address(Registration.objects.get())] * 2
    assert taken(in_person) == 1


def test_full_things_are_said_beside_their_fields(staff_client, in_person, workshop):
    confirmed(in_person, workshop)
    Quota.objects.filter(pk=in_person.pk).update(size=1)

    response = staff_client.post(ADD, typed(staff_client, workshops=[workshop.code]))

    sentence = "“%s” is full: leave it out, or make it larger first."
    assert errors(response) == {
        "attendance": [sentence % "Places in person"],
        "workshops": [sentence % "Archivo oral"],
    }
    assert Registration.objects.count() == 1


def test_overlapping_workshops_are_refused_at_the_desk(staff_client, in_person, workshop):
    other = factories.quota(session=factories.workshop(title="Conservar"))

    response = staff_client.post(ADD, typed(staff_client, workshops=[workshop.code, other.code]))

    assert "overlap: leave one out." in errors(response)["__all__"][0]
    assert not Registration.objects.exists()


def test_seats_are_for_who_comes(staff_client, in_person, workshop):
    data = typed(staff_client, attendance="online", workshops=[workshop.code])

    response = staff_client.post(ADD, data)

    assert errors(response) == {"workshops": ["Only for those who come in person."]}


def test_in_person_is_refused_before_it_is_open(staff_client, meeting):
    response = staff_client.post(ADD, typed(staff_client))

    assert errors(response) == {"attendance": ["Places in person are not open yet."]}


def test_person_who_is_confirmed_is_refused_with_a_link_to_them(staff_client, in_person):
    rosa = factories.registration(full_name="Rosa <b>Quispe</b>", email="rosa@museo.example")
    Registration.objects.update(name_key="rosa quispe")

    response = staff_client.post(ADD, typed(staff_client, email="rosa@museo.example"))

    link = f'<a href="{address(rosa)}">Rosa &lt;b&gt;Quispe&lt;/b&gt;, {rosa.spaced_reference}</a>'
    sentence = f"This person is registered with this address already. {link}"
    assert errors(response) == {"__all__": [sentence]}
    assert sentence in response.text


def test_person_who_has_not_confirmed_is_confirmed_with_what_is_ticked(
    staff_client, in_person, workshop
):
    rosa = sign_up(in_person, full_name="Rosa Quispe")
    data = typed(staff_client, email="rosa@museo.example", workshops=[workshop.code])

    response = staff_client.post(ADD, data)

    rosa.refresh_from_db()
    assert (response.url, rosa.state) == (address(rosa), "confirmed")
    assert states(rosa) == {in_person.pk: "confirmed", workshop.pk: "confirmed"}


def test_what_is_over_is_not_offered_at_the_desk(
    organiser, sign_in, in_person, workshop, time_machine
):
    later = factories.quota(
        session=factories.workshop(title="Conservar", starts_at=factories.moment("15:00"))
    )
    time_machine.move_to(workshop.session.ends_at)
    staff = sign_in(organiser)
    data = typed(staff, workshops=[workshop.code])

    offered = staff.get(ADD).context["form"]["workshops"].field.choices

    assert [code for code, _words in offered] == [later.code]
    assert errors(staff.post(ADD, data)) == {
        "workshops": ["One of these is over or not on offer: choose from those below."]
    }


# Who has signed up, and stands there


def let_in_address(registration):
    return reverse("admin:registration_registration_let_in", args=[registration.pk])


def test_who_is_pending_is_confirmed_on_their_own_page(staff_client, organiser, in_person):
    rosa = sign_up(in_person)
    assert let_in_address(rosa) in staff_client.get(address(rosa)).text
    assert "Places in person: reserved" in staff_client.get(let_in_address(rosa)).text

    response = staff_client.post(
        let_in_address(rosa), {"reason": "Trae su pasaporte."}, follow=True
    )

    rosa.refresh_from_db()
    last = rosa.history.last()
    assert (rosa.state, last.event, last.actor, last.note) == (
        "confirmed",
        "let_in",
        organiser,
        "Trae su pasaporte.",
    )
    assert [str(m) for m in response.context["messages"]] == [
        f"Rosa Quispe Mamani is confirmed, with the reference {rosa.spaced_reference}."
    ]
    assert let_in_address(rosa) not in response.text


def test_address_is_shown_before_somebody_is_confirmed_under_it(staff_client, in_person):
    page = staff_client.get(let_in_address(sign_up(in_person, email="rosa@musoe.example")))

    assert "<p>E-mail: <strong>rosa@musoe.example</strong></p>" in page.text


def test_who_is_confirmed_meanwhile_is_left_as_they_are(staff_client, in_person):
    rosa = confirmed(in_person)

    response = staff_client.post(let_in_address(rosa), {"reason": ""}, follow=True)

    assert [str(m) for m in response.context["messages"]] == [
        "It does not wait to be confirmed any more: nothing was changed."
    ]


def test_confirming_is_for_who_may_act(sign_in, in_person):
    rosa = sign_up(in_person)
    reader = sign_in(factories.user(permissions=["registration.view_registration"]))

    assert reader.get(let_in_address(rosa)).status_code == 403
    assert reader.post(let_in_address(rosa)).status_code == 403
    assert let_in_address(rosa) not in reader.get(address(rosa)).text


def test_made_up_reference_and_name_are_refused(staff_client, in_person):
    data = typed(staff_client, reference="<script>", full_name="<b>")

    assert set(errors(staff_client.post(ADD, data))) == {"reference", "full_name"}


def test_needs_are_not_asked_for_at_the_desk(staff_client, in_person):
    assert "needs" not in staff_client.get(ADD).context["form"].fields


@pytest.mark.parametrize(
    ("permission", "status"),
    [("registration.view_registration", 403), ("registration.change_registration", 200)],
)
def test_desk_is_for_who_may_act(sign_in, in_person, permission, status):
    colleague = sign_in(factories.user(permissions=[permission]))

    assert colleague.get(ADD).status_code == status


# On paper


def test_pass_carries_the_code_and_the_reference(staff_client, in_person):
    rosa = confirmed(in_person)
    url = reverse("admin:registration_registration_pass", args=[rosa.pk])

    page = staff_client.get(url).content.decode()

    assert '<svg class="qr"' in page or 'class="qr"' in page
    assert rosa.spaced_reference in page


def test_pass_is_for_the_confirmed_and_for_who_may_see_them(
    staff_client, powerless_client, meeting
):
    urls = [
        reverse("admin:registration_registration_pass", args=[row.pk])
        for row in (factories.registration(), factories.registration(state="cancelled"))
    ]

    assert [staff_client.get(url).status_code for url in urls] == [200, 404]
    assert powerless_client.get(urls[0]).status_code == 403
