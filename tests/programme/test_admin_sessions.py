from contextlib import nullcontext

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from programme.models import Part, Presentation, Session
from tests import factories
from tests.back_office import address, form_of
from tests.reading import read

pytestmark = pytest.mark.usefixtures("office_in_english")

LIST = reverse("admin:programme_session_changelist")


def listed_titles(client, **query):
    return [s.title_es for s in client.get(LIST, query).context["cl"].result_list]


@pytest.mark.parametrize("count", [1, 5])
def test_session_list_queries_do_not_grow(staff_client, meeting, count, django_assert_num_queries):
    for _n in range(count):
        factories.quota(session=factories.workshop(theme=factories.theme(), room=factories.room()))
    staff_client.get(LIST)

    with django_assert_num_queries(12):
        response = staff_client.get(LIST)

    assert response.context["cl"].result_count == count


def test_session_list_shows_hours_in_the_meetings_zone(staff_client, meeting):
    factories.session(starts_at=factories.moment("9:30"), theme=factories.theme())

    page = staff_client.get(LIST).content.decode()

    assert "Wed 18, 9:30 to 10:30" in page


def test_session_list_says_that_day_or_time_is_unknown(staff_client, meeting):
    factories.session(starts_at=None)
    factories.session(day=None)

    page = staff_client.get(LIST).content.decode()

    assert "Wed 18, time to be confirmed" in page
    assert "day to be confirmed" in page


def test_session_form_names_the_time_zone(staff_client, meeting):
    page = staff_client.get(reverse("admin:programme_session_add")).content.decode()

    assert "Time zone: America/Asuncion." in page


def test_sessions_are_filtered_by_day(staff_client, meeting):
    factories.session(title="primero")
    factories.session(title="segundo", day=meeting.last_day)
    factories.session(title="sin día", day=None)

    assert listed_titles(staff_client, day=str(meeting.last_day)) == ["segundo"]
    assert listed_titles(staff_client, day="unknown") == ["sin día"]
    assert listed_titles(staff_client, day="2026-02-31") == ["primero", "segundo", "sin día"]


def test_sessions_are_filtered_by_theme_room_kind_and_state(staff_client, meeting):
    theme, room = factories.theme(), factories.room()
    factories.workshop(title="taller", theme=theme, room=room)
    factories.session(title="charla", state="draft")

    queries = [
        {"theme__id__exact": theme.pk},
        {"room__id__exact": room.pk},
        {"kind__exact": "workshop"},
        {"state__exact": "published"},
    ]

    assert [listed_titles(staff_client, **query) for query in queries] == [["taller"]] * 4


def test_session_search_covers_titles_in_every_language_code_and_people(staff_client, meeting):
    session = factories.session(
        title="Memoria", title_pt="Memória viva", title_en="Living memory", code="M-1"
    )
    factories.part(session=session, person=factories.person(name="Berta Ruiz"))
    shown = factories.presentation(session=session)
    factories.part(presentation=shown, person=factories.person(name="Caio Lima"))
    factories.session(title="Otra", code="O-1")

    texts = ["Memoria", "viva", "Living", "M-1", "Berta", "Caio"]

    assert [listed_titles(staff_client, q=text) for text in texts] == [["Memoria"]] * 6


def test_room_taken_at_that_time_is_refused(staff_client, meeting):
    room = factories.room()
    factories.session(title="La primera", room=room)
    session = factories.session(room=None)
    data = form_of(staff_client, address(session)) | {"room": room.pk}

    response = staff_client.post(address(session), data)

    assert response.context["adminform"].form.errors == {
        "room": ["“La primera” is in this room at that time."]
    }


@pytest.mark.parametrize(
    ("kinds", "is_accepted"),
    [
        (("posters", "posters"), True),
        (("posters", "stand"), True),
        (("stand", "lecture"), False),
        (("lecture", "posters"), False),
    ],
)
def test_posters_and_stands_share_a_room_among_themselves(meeting, kinds, is_accepted):
    room = factories.room()
    factories.session(room=room, kind=kinds[0])
    session = factories.session(kind=kinds[1])
    session.room = room

    with nullcontext() if is_accepted else pytest.raises(ValidationError):
        session.clean()


def test_moving_a_session_raises_its_revision(staff_client, meeting):
    session = factories.session()
    data = form_of(staff_client, address(session)) | {"room": factories.room().pk}

    staff_client.post(address(session), data)

    assert Session.objects.values_list("revision", flat=True).get() == 1


def test_new_title_keeps_the_revision(staff_client, meeting):
    session = factories.session()
    data = form_of(staff_client, address(session)) | {"title_es": "Otro título"}

    staff_client.post(address(session), data)

    assert Session.objects.values_list("title_es", "revision").get() == ("Otro título", 0)


def test_people_are_added_on_the_page_of_the_session(staff_client, meeting):
    session, person = factories.session(), factories.person()
    data = form_of(staff_client, address(session)) | {
        "parts-TOTAL_FORMS": "1",
        "parts-0-person": person.pk,
        "parts-0-role": "moderates",
        "parts-0-order": "1",
        "parts-0-session": session.pk,
    }

    staff_client.post(address(session), data)

    assert list(Part.objects.values_list("session", "person", "role")) == [
        (session.pk, person.pk, "moderates")
    ]


def test_new_session_is_added_with_its_people(staff_client, meeting):
    person, url = factories.person(), reverse("admin:programme_session_add")
    data = form_of(staff_client, url) | {
        "title_es": "Archivo oral",
        "code": "A-9",
        "slug": "archivo-oral",
        "kind": "lecture",
        "parts-TOTAL_FORMS": "1",
        "parts-0-person": person.pk,
        "parts-0-role": "speaks",
        "parts-0-order": "1",
    }

    staff_client.post(url, data)

    assert list(Part.objects.values_list("session__code", "person")) == [("A-9", person.pk)]


def test_second_stream_of_a_room_on_a_day_is_refused_beside_its_day(staff_client, meeting):
    first = factories.stream()
    url = reverse("admin:programme_stream_add")
    data = form_of(staff_client, url) | {"room": first.room.pk, "day": str(first.day)}

    response = staff_client.post(url, data)

    assert response.context["adminform"].form.errors == {
        "day": ["This room already has a stream on this day."]
    }


def test_presentations_are_added_on_the_page_of_the_session(staff_client, meeting):
    session = factories.session()
    data = form_of(staff_client, address(session)) | {
        "presentations-TOTAL_FORMS": "1",
        "presentations-0-title_es": "Un museo de barrio",
        "presentations-0-order": "1",
        "presentations-0-session": session.pk,
    }

    staff_client.post(address(session), data)

    assert Presentation.objects.get().session == session


@pytest.mark.parametrize("is_saved", [False, True])
def test_person_named_twice_for_one_role_is_refused(staff_client, meeting, is_saved):
    session, person = factories.session(), factories.person()
    if is_saved:
        factories.part(session=session, person=person)
    data = form_of(staff_client, address(session)) | {"parts-TOTAL_FORMS": "2"}
    for n in range(int(is_saved), 2):
        data |= {
            f"parts-{n}-person": person.pk,
            f"parts-{n}-role": "speaks",
            f"parts-{n}-order": "1",
            f"parts-{n}-session": session.pk,
        }

    response = staff_client.post(address(session), data)

    assert response.status_code == 200
    assert Part.objects.count() == int(is_saved)


def test_second_channel_of_a_kind_and_language_is_refused(staff_client, meeting):
    stream = factories.channel().stream
    data = form_of(staff_client, address(stream)) | {
        "channels-TOTAL_FORMS": "2",
        "channels-1-stream": stream.pk,
        "channels-1-kind": "video",
        "channels-1-language": "es",
        "channels-1-provider": "youtube",
        "channels-1-video_id": "aqz-KE-bpKQ",
    }

    response = staff_client.post(address(stream), data)

    assert response.status_code == 200
    assert stream.channels.count() == 1


def test_saving_a_session_keeps_the_delay_of_live_control(staff_client, meeting):
    session = factories.session()
    data = form_of(staff_client, address(session)) | {
        "recording_captions": ["es"],
        "transcript_url": "https://museos.example/texto",
    }
    Session.objects.update(minutes_late=10)

    staff_client.post(address(session), data)

    kept = Session.objects.get()
    assert (kept.minutes_late, kept.recording_captions) == (10, ["es"])
    assert kept.transcript_url == "https://museos.example/texto"


def test_search_words_are_a_folded_part_of_the_form(staff_client, meeting):
    session = factories.session()
    page = read(staff_client, address(session))
    data = form_of(staff_client, address(session)) | {"search_words": "accesibilidad"}

    staff_client.post(address(session), data)

    (folded,) = page.xpath("//fieldset[.//input[@name='search_words']]")
    assert "collapse" in folded.get("class")
    assert Session.objects.get().search_words == "accesibilidad"


def test_code_of_a_saved_session_does_not_change(staff_client, meeting):
    session = factories.session(code="A-1")
    data = form_of(staff_client, address(session)) | {"code": "B-2"}

    staff_client.post(address(session), data)

    assert Session.objects.get().code == "A-1"


PASTED = [
    {"video_id": "https://www.youtube.com/watch?v=aqz-KE-bpKQ&t=12s"},
    {"video_id": "youtu.be/aqz-KE-bpKQ"},
    {"video_id": "", "url": "https://www.youtube.com/live/aqz-KE-bpKQ?feature=share"},
    {"video_id": "https://youtu.be/aqz-KE-bpKQ", "provider": "vimeo"},
]


@pytest.mark.parametrize("pasted", PASTED)
def test_pasted_address_of_a_video_is_read(staff_client, meeting, pasted):
    channel = factories.channel(video_id="xxxxxxxxxxx")
    data = form_of(staff_client, address(channel.stream))

    staff_client.post(
        address(channel.stream), data | {f"channels-0-{name}": pasted[name] for name in pasted}
    )

    channel.refresh_from_db()
    assert (channel.provider, channel.video_id, channel.url) == ("youtube", "aqz-KE-bpKQ", "")


def test_address_that_is_of_no_video_is_refused_in_words(staff_client, meeting):
    channel = factories.channel()
    data = form_of(staff_client, address(channel.stream))

    refused = staff_client.post(
        address(channel.stream), data | {"channels-0-video_id": "https://museos.example/directo"}
    )

    errors = refused.context["inline_admin_formsets"][0].formset.errors[0]
    assert "neither the address nor the id of a video" in errors["video_id"][0]
