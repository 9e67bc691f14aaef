"""The day's work of each ready role, in the browser: what somebody opens, types and presses."""

from django.contrib.auth.models import Group, User
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from programme.models import Channel, Person, Question, Removal, Session
from registration.letters.approval import SECOND_YES_ABOVE
from registration.models import Letter, Registration
from tests import factories
from tests.browser.invitations import send_invitation

SAVE = "[name=_save]"


def programme(walk):
    """Make a session, move its hour, publish it."""
    page = walk.page
    walk.go("programme_session_changelist")
    walk.follow("programme_session_add")
    page.fill("[name=title_es]", "Taller de barro")
    page.select_option("[name=kind]", Session.Kind.WORKSHOP)
    page.select_option("[name=format]", Session.Format.IN_PERSON)
    page.fill("[name=day]", "19/11/2026")
    page.fill("[name=starts_at_0]", "19/11/2026")
    page.fill("[name=starts_at_1]", "10:00")
    page.fill("[name=ends_at_0]", "19/11/2026")
    page.fill("[name=ends_at_1]", "11:00")
    page.select_option("[name=state]", "draft")
    walk.press(SAVE)
    session = Session.objects.get(title_es="Taller de barro")
    walk.follow("programme_session_change", session.pk)
    page.fill("[name=starts_at_1]", "11:30")
    page.fill("[name=ends_at_1]", "12:30")
    walk.press("[name=_continue]")
    page.select_option("[name=state]", "published")
    walk.press(SAVE)
    session.refresh_from_db()
    assert (session.state, session.starts_at) == ("published", factories.moment("11:30", day=2))


def registrations(walk):
    """Find a person, correct a name, confirm somebody at the desk, and take the list away."""
    page = walk.page
    person = factories.registration(full_name="Lucia Vera", state="pending")
    walk.go("registration_registration_changelist")
    page.fill("#searchbar", "lucía")
    page.locator("#changelist-search [type=submit]").click()
    walk.look()
    walk.follow("registration_registration_change", person.pk)
    walk.follow("registration_registration_correct", person.pk)
    page.fill("[name=full_name]", "Lucía Vera")
    page.fill("[name=reason]", "Lo pidió.")
    walk.press()
    walk.follow("registration_registration_let_in", person.pk)
    walk.press()
    person.refresh_from_db()
    assert (person.full_name, person.state) == ("Lucía Vera", Registration.State.CONFIRMED)
    walk.follow("registration_registration_pass", person.pk)
    walk.go("registration_registration_changelist")
    with page.expect_download() as download:
        page.locator("[name=format][value=csv]").click()
    assert "Lucía Vera" in download.value.path().read_text("utf-8-sig")


def needs(walk):
    """Read what somebody needs."""
    person = Registration.objects.exclude(needs="").get()
    walk.go("registration_registration_changelist")
    walk.follow("registration_registration_change", person.pk)
    expect(walk.page.locator(".field-needs")).to_contain_text(person.needs)


def streams(walk):
    """Announce a delay, take it back, and switch to the spare stream."""
    page = walk.page
    channel = Channel.objects.get()
    walk.go("programme_stream_changelist")
    walk.follow("programme_stream_change", channel.stream_id)
    session = factories.session(starts_at=factories.moment("10:00"), room=channel.stream.room)
    page.goto(reverse("admin:programme_stream_live"))
    walk.look()
    walk.press("[name=minutes][value='10']")
    session.refresh_from_db()
    assert session.minutes_late == 10
    walk.press("[name=minutes][value='0']")
    factories.channel(stream=channel.stream, is_spare=True)
    page.reload()
    walk.press("[name=to_spare][value=yes]")
    channel.stream.refresh_from_db()
    assert channel.stream.is_on_spare


def moderation(walk):
    """Remove a question; remove a biography with a reason, and bring it back."""
    question = Question.objects.get()
    walk.go("programme_question_changelist")
    walk.follow("programme_question_change", question.pk)
    walk.follow("programme_question_remove", question.pk)
    explain(walk)
    question.refresh_from_db()
    assert question.state == Question.State.REMOVED
    person = factories.person(biography_es="Una vida entre vasijas.")
    walk.go("programme_person_changelist")
    walk.follow("programme_person_change", person.pk)
    walk.follow("programme_person_remove", person.pk)
    explain(walk)
    person.refresh_from_db()
    assert not person.biography_es
    removal = Removal.objects.get(person=person)
    walk.go("programme_removal_changelist")
    walk.follow("programme_removal_change", removal.pk)
    walk.follow("programme_removal_bring_back", removal.pk)
    walk.press()
    assert Person.objects.get(pk=person.pk).biography_es == "Una vida entre vasijas."


def explain(walk):
    for box in walk.page.locator("[name=parts]").all():
        box.check()
    walk.page.select_option("[name=reason]", "untrue")
    walk.page.fill("[name=words]", "No es cierto.")
    walk.press()


def letters(walk):
    """Write a letter in three languages, count, test, and ask a second person."""
    page = walk.page
    walk.go("registration_letter_changelist")
    walk.follow("registration_letter_add")
    for code in ("es", "pt", "en"):
        page.locator(f"[name=subject_{code}]").fill(f"Llegar {code}")
        page.locator(f"[name=text_{code}]").fill("En bus.")
    walk.press("[name=_count]")
    expect(page.locator("#count .letter-sentence")).to_be_visible()
    walk.press(SAVE)
    letter = Letter.objects.get(subject_es="Llegar es")
    walk.press("[name=language][value=es]")
    walk.follow("registration_letter_preview", letter.pk)
    crowd()
    walk.go("registration_letter_page", letter.pk)
    walk.follow("registration_letter_deed", letter.pk, "send")
    walk.press()
    letter.refresh_from_db()
    assert letter.state == Letter.State.ASKED
    walk.go("registration_letter_deed", letter.pk, "send")
    # A colleague's letter needs this person's yes.
    other = factories.letter(state=Letter.State.ASKED)
    walk.go("registration_letter_deed", other.pk, "send")
    walk.press()
    other.refresh_from_db()
    assert other.state == Letter.State.SENDING


def crowd():
    """Let so many people be registered that a letter to them needs a second yes."""
    row = factories.registration()
    names = [f.attname for f in row._meta.concrete_fields if not f.primary_key]
    facts = {name: getattr(row, name) for name in names}
    own = ("reference", "email", "email_key", "name_key")
    Registration.objects.bulk_create(
        Registration(
            **{name: value for name, value in facts.items() if name not in own},
            email=f"m{n}@museo.example",
            email_key=f"m{n}@museo.example",
            name_key=f"ana {n}",
        )
        for n in range(SECOND_YES_ABOVE)
    )


def data(walk):
    """Look at consents, erase a person, read who did what."""
    person = Registration.objects.exclude(needs="").get()
    walk.go("registration_consent_changelist")
    walk.go("registration_registration_changelist")
    walk.follow("registration_registration_change", person.pk)
    walk.follow("registration_registration_erase", person.pk)
    walk.page.check("[name=sure]")
    walk.press()
    person.refresh_from_db()
    assert person.is_anonymous
    walk.go("deeds")
    expect(walk.page.locator("#content")).to_contain_text("Ada Flores")
    walk.go("registration_erasurelog_changelist")


def translation(walk):
    """Fill a translation that is missing."""
    session = factories.session(title_es="Mesa de bordado")
    walk.go("index")
    walk.go("programme_session_changelist")
    walk.follow("programme_session_change", session.pk)
    walk.page.locator("[name=title_pt]").fill("Mesa de bordado")
    walk.page.locator("[name=title_en]").fill("Embroidery table")
    walk.press(SAVE)
    session.refresh_from_db()
    assert (session.title_pt, session.title_en) == ("Mesa de bordado", "Embroidery table")


def coordination(walk):
    """Invite a colleague, and reset the second step of one who has lost the telephone."""
    needs_role = Group.objects.get(name="needs")
    own = {"name": "Noé Paz", "address": "noe@museo.example"}
    send_invitation(walk.page, needs_role, walk.language, walk.look, **own)
    eva = User.objects.get(username="eva")
    walk.go("auth_user_changelist")
    walk.follow("auth_user_change", eva.pk)
    walk.follow("auth_user_second_step", eva.pk)
    walk.press()
    assert not TOTPDevice.objects.filter(user=eva).exists()
    walk.go("registration_registration_changelist")
    walk.go("programme_meeting_change", 1)


DAYS = {
    day.__name__: day
    for day in (
        *(coordination, programme, registrations, needs, streams),
        *(moderation, letters, data, translation),
    )
}
