"""The health of the e-mails in the back office: the sender, what goes out, and what comes back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from eim.back_office.attention import items_for
from eim.environment import mailer
from programme.models import Meeting
from registration.models import Bounce, BounceMailbox, SenderHealth, Suppression
from registration.outbox.sender import records
from registration.outbox.sender.health import look_up_if_old, look_up_sender
from tests import factories
from tests.back_office import address, form_of
from tests.factories import NOW
from tests.monitoring import name_server
from tests.monitoring.test_sender_records import DKIM, DMARC, DOMAIN, MX, RIGHT, SPF
from tests.registration import mail_server

pytestmark = pytest.mark.usefixtures("meeting", "office_in_english")

PAGE = "/admin/mails/"
FAULT = {"code": "no MX", "facts": {"domain": DOMAIN}}


@pytest.fixture
def dns(settings, running_clock, monkeypatch):
    """Send for real, and ask a name server of the test, whose records the test changes."""
    monkeypatch.setattr(records, "LIFETIME", 0.3)
    settings.MAILERS = {"default": mailer(f"smtp://127.0.0.1:{mail_server.free_port()}")}
    settings.DEFAULT_FROM_EMAIL = f"Encuentro <eim@{DOMAIN}>"
    settings.BOUNCE_ADDRESS = f"eim@{DOMAIN}"
    settings.DKIM_SELECTOR = "s1"
    with name_server.answering(dict(RIGHT)) as server:
        settings.NAME_SERVER = server.address
        yield server


def broken_sender(**facts):
    defaults = {"pk": 1, "sender": "eim", "looked_at": NOW, "faults": [FAULT]}
    return SenderHealth.objects.create(**defaults | facts)


def words_of_chapter(response, code):
    (chapter,) = [one for one in response.context["chapters"] if one.code == code]
    return [(finding.level.value, finding.words) for finding in chapter.findings]


def lines(user):
    return [item.words for item in items_for(user, Meeting.objects.get(), NOW)]


# The page


def test_page_says_what_the_dns_has_of_the_sender(dns, staff_client):
    dns.records.pop(DMARC)

    found = words_of_chapter(staff_client.get(PAGE), "sender")

    assert [level for level, _words in found] == ["ok", "ok", "to look at", "ok"]
    assert found[2][1].startswith(f"DMARC of {DOMAIN} is missing")
    assert SenderHealth.objects.get().faults == []


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({MX: None}, ["no MX"]),
        ({SPF: ['"v=spf1 -all"', '"v=spf1 mx -all"']}, ["several SPF"]),
        ({DKIM: None}, ["no DKIM"]),
        ({SPF: None, DMARC: None}, []),
    ],
)
def test_what_keeps_e_mails_from_arriving_is_noted(dns, change, codes):
    kept = {key: value for key, value in (RIGHT | change).items() if value}
    dns.records.clear()
    dns.records.update(kept)

    look_up_sender()

    assert [fault["code"] for fault in SenderHealth.objects.get().faults] == codes


def test_silent_name_server_holds_nobody_up_and_changes_nothing(dns, staff_client):
    broken_sender()
    dns.unwell = name_server.SILENT

    found = words_of_chapter(staff_client.get(PAGE), "sender")

    assert [level for level, _words in found] == ["broken"]
    assert SenderHealth.objects.get().faults == [FAULT]


def test_sender_is_looked_up_again_only_after_a_while(dns, time_machine):
    look_up_if_old()
    asked = len(dns.asked)
    look_up_if_old()

    assert len(dns.asked) == asked > 0


def test_trial_looks_nothing_up(staff_client):
    ((level, words),) = words_of_chapter(staff_client.get(PAGE), "sender")

    assert (level, words[:24]) == ("to look at", "This site is a trial: it")


def test_page_says_what_waits_and_what_came_back(staff_client, settings):
    factories.message(created_at=NOW - timedelta(hours=1))
    factories.bounce(reason="full")
    factories.bounce(reason="full", reported_at=NOW - timedelta(days=8))
    settings.BOUNCE_MAILBOX = {"host": "mail.test"}
    BounceMailbox.objects.create(looked_at=NOW, not_understood=2)

    response = staff_client.get(PAGE)

    assert response.text.count("To look at:") == 3
    assert response.text.count("Broken:") == 1
    going_out = words_of_chapter(response, "going-out")
    assert [level for level, _words in going_out] == ["ok", "ok", "broken"]
    assert "1 e-mail waits" in going_out[2][1]
    coming_back = words_of_chapter(response, "coming-back")
    assert coming_back[0] == ("to look at", "1 × it came back: the mailbox is full")
    assert coming_back[1][1].endswith("To be read by a person there: 2")


def test_page_asks_no_more_with_many_bounces(staff_client, django_assert_num_queries):
    factories.bounce()
    staff_client.get(PAGE)
    with django_assert_num_queries(13):
        staff_client.get(PAGE)
    for _n in range(5):
        factories.bounce()
    with django_assert_num_queries(13):
        staff_client.get(PAGE)


@pytest.mark.parametrize(
    ("permission", "status"),
    [
        ("registration.view_message", 200),
        ("programme.change_meeting", 200),
        ("programme.view_session", 403),
    ],
)
def test_page_is_for_whoever_may_see_messages_or_open_registration(sign_in, permission, status):
    client = sign_in(factories.user(permissions=[permission]))

    assert client.get(PAGE).status_code == status
    assert client.post(reverse("admin:mail_trial")).status_code == (
        302 if permission == "programme.change_meeting" else 403
    )


def test_letter_to_oneself_tells_what_the_server_says(staff_client, organiser, settings):
    organiser.email = "eva@museo.example"
    organiser.save()
    with mail_server.inbox() as inbox:
        settings.MAILERS = {"default": mailer(inbox.url)}
        response = staff_client.post(reverse("admin:mail_trial"))

    (letter,) = inbox.mails
    assert letter["To"] == "eva@museo.example"
    told = [str(message) for message in response.wsgi_request._messages]
    assert "was taken" in told[-1]
    settings.MAILERS = {"default": mailer(f"smtp://127.0.0.1:{mail_server.free_port()}")}
    response = staff_client.post(reverse("admin:mail_trial"))
    assert "cannot be reached" in str(list(response.wsgi_request._messages)[-1])


# The opening of registration


@pytest.fixture
def opening(staff_client):
    """Return a function that sets when registration opens, with a reason or without."""
    page = address(Meeting.objects.get())

    def send(**more):
        data = form_of(staff_client, page)
        opens = {"registration_opens_at_0": "2026-09-02", "registration_opens_at_1": "10:00"}
        return staff_client.post(page, data | opens | more)

    return send


def is_moved():
    return Meeting.objects.get().registration_opens_at.day == 2


def test_registration_is_not_opened_with_a_broken_sender_unless_told_why(opening):
    broken_sender()

    refused = opening()
    sentence = refused.context["adminform"].form.errors["registration_opens_at"][0]
    assert "cannot arrive now" in sentence
    assert reverse("admin:mail_health") in sentence
    assert not is_moved()

    opening(sender_excuse="Only a rehearsal with colleagues.")
    health = SenderHealth.objects.get()
    assert is_moved()
    assert (health.excuse, health.excused_at) == ("Only a rehearsal with colleagues.", NOW)
    assert health.excused_by.is_superuser
    assert not health.is_to_attend


def test_registration_is_opened_with_a_sender_that_is_well_or_unknown(opening):
    opening()

    assert is_moved()


def test_sender_is_looked_up_when_registration_is_opened(opening, dns):
    dns.records.pop(MX)

    opening()

    assert SenderHealth.objects.get().is_broken
    assert not is_moved()


def test_another_sender_needs_another_reason(dns, settings):
    user = factories.user()
    broken_sender(excuse="A rehearsal", excused_by=user, excused_at=NOW)
    dns.records.pop(MX)

    look_up_sender()

    assert SenderHealth.objects.get().is_to_attend


def test_broken_sender_is_the_first_thing_to_attend_to_until_excused(organiser):
    health = broken_sender()
    sentence = "E-mails of this site may not arrive: something is wrong with their sender"
    assert sentence in lines(organiser)

    health.pardon("A rehearsal", organiser, NOW)
    assert sentence not in lines(organiser)


# Whom e-mails do not reach


def test_unreachable_addresses_are_counted_by_reason_with_what_to_do(organiser):
    shared = factories.registration(email="museo@museo.example")
    for _n in range(2):
        factories.bounce(registration=shared, reason="full")
    factories.bounce(reason="unknown")
    factories.bounce(reason="unknown")
    factories.bounce(kind="delayed")
    factories.bounce(cleared_at=NOW)
    factories.bounce(registration=factories.registration(state="cancelled"))

    found = [words for words in lines(organiser) if words.startswith("E-mails do not reach")]

    assert sorted(found) == [
        "E-mails do not reach 1 address (it came back: the mailbox is full). Send it again in some "
        "days, or phone.",
        "E-mails do not reach 2 addresses (it came back: the mailbox does not exist). Look for a "
        "slip in the address and correct it, or phone.",
    ]


def test_mailbox_that_cannot_be_read_or_needs_a_person_is_told(organiser):
    BounceMailbox.objects.create(looked_at=NOW, not_understood=2, fault="login")

    found = [words for words in lines(organiser) if "mailbox of" in words]

    assert [words[:12] for words in found] == ["The mailbox ", "2 e-mails in"]


def test_list_of_bounces_asks_no_more_with_many_rows(staff_client, django_assert_num_queries):
    page = reverse("admin:registration_bounce_changelist")
    factories.bounce()
    staff_client.get(page)
    with django_assert_num_queries(9):
        staff_client.get(page)
    for _n in range(4):
        factories.bounce()
    with django_assert_num_queries(9):
        staff_client.get(page)


def test_organiser_marks_an_e_mail_as_bounced_and_undoes_it(staff_client):
    message = factories.message(state="sent")
    mark = reverse("admin:registration_bounce_mark", args=[message.pk])
    assert mark in staff_client.get(address(message.registration)).text
    assert mark in staff_client.get(address(message)).text

    staff_client.post(mark, {"reason": "full"})

    bounce = Bounce.objects.get()
    assert (bounce.message, bounce.reason, bounce.is_standing) == (message, "full", True)
    person = staff_client.get(address(message.registration)).text
    assert "E-mails do not reach this person" in person
    assert "it came back: the mailbox is full" in person

    factories.suppression(mailbox=bounce.message.sent_to, reason="refused")
    page = reverse("admin:registration_bounce_changelist")
    staff_client.post(page, {"action": "settle", "_selected_action": [bounce.pk]})
    bounce.refresh_from_db()
    assert not bounce.is_standing
    assert not Suppression.objects.exists()


def test_marking_without_a_known_reason_is_refused_with_a_sentence(staff_client):
    message = factories.message(state="sent")
    mark = reverse("admin:registration_bounce_mark", args=[message.pk])

    response = staff_client.post(mark, {"reason": "nonsense"})

    assert "reason" in response.context["form"].errors
    assert not Bounce.objects.exists()


def test_marking_is_for_whoever_may_change_messages(sign_in):
    message = factories.message(state="sent")
    mark = reverse("admin:registration_bounce_mark", args=[message.pk])
    client = sign_in(factories.user(permissions=["registration.view_message"]))

    assert client.get(mark).status_code == 403
    assert client.get(reverse("admin:registration_bounce_changelist")).status_code == 200
