"""List every page in every state, for `make screens` and the browser tests.

Add a new page, or a new state of one, here and nowhere else.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User

from programme.models import Meeting, Session
from registration import tokens
from registration.models import Message, Quota, Registration
from tests.browser import scenery, ways
from tests.browser.ways import (
    Visitor,
    as_organiser,
    at,
    first,
    fresh,
    mail,
    own,
    session,
    to_confirm,
    with_link,
)

LANGUAGES = ["es", "pt", "en"]
# `make test` walks in the first language, `make drill` in the others.
FIRST_OTHERS_IN_DRILL = [
    LANGUAGES[0],
    *(pytest.param(code, marks=pytest.mark.drill) for code in LANGUAGES[1:]),
]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Rows, a moment, and the states that can be seen then, with a function that reaches each."""

    rows: Callable[[Visitor], None]
    moment: str
    states: dict[str, Callable[[Visitor], None]]
    languages: Iterable[str] = tuple(LANGUAGES)

    def raise_for(self, visitor: Visitor) -> None:
        # People register before the meeting: places of sessions that have begun are not given out.
        visitor.clock.move_to(scenery.BEFORE, tick=True)
        self.rows(visitor)
        visitor.clock.move_to(self.moment, tick=True)


def when(name: str, view: str, **facts: str) -> dict[str, Callable[[Visitor], None]]:
    return {name: ways.when_registration(view, **facts)}


SCENES = {
    "programme": Scene(
        rows=scenery.full,
        moment=scenery.BEFORE,
        states={
            "home": at("home"),
            "programme": at("programme:session-list"),
            "programme-filtered": ways.filtered_programme,
            "programme-nothing-found": ways.programme_with_nothing_found,
            "programme-calendar": ways.programme_with_its_calendar,
            "changes": at("programme:change-list"),
            "session": session("experiences"),
            "session-workshop": session("workshop"),
            "session-full": session("full"),
            "session-cancelled": session("cancelled"),
            "session-no-hours": session("no-hours"),
            "session-no-day": session("no-day"),
            "live-before": at("programme:live"),
        },
    ),
    "texts": Scene(
        rows=scenery.full,
        moment=scenery.BEFORE,
        states={
            "speakers": at("programme:speaker-list"),
            "speakers-found": ways.found_speakers,
            "speaker": at("programme:speaker-detail", "speaker"),
            "venue": at("programme:venue"),
            "documents": at("programme:document-list"),
            "editions": at("programme:edition-list"),
            "page": at("programme:page-detail", "viaje"),
            "privacy": at("programme:privacy"),
            "terms": at("programme:terms"),
            "accessibility": at("programme:accessibility"),
            "not-found": at("programme:session-detail", "nothing-here"),
        },
    ),
    "on this device": Scene(
        rows=scenery.full,
        moment=scenery.BEFORE,
        states={
            "agenda": at("programme:my-agenda"),
            "agenda-with-clash": ways.agenda_with_a_clash,
            "agenda-brought": ways.agenda_brought_by_a_link,
            "programme-elsewhere": ways.programme_by_another_clock,
            "session-elsewhere": ways.session_by_another_clock,
        },
    ),
    "alike": Scene(
        rows=scenery.full,
        moment=scenery.BEFORE,
        languages=["es"],
        states={
            "components": at("components"),
            "error-400": at("fail", 400),
            "error-403": at("fail", 403),
            "error-404": ways.address_without_a_language,
            "error-500": at("fail", 500),
            "error-cookie": ways.button_without_its_cookie,
        },
    ),
    "registration": Scene(
        rows=scenery.full,
        moment=scenery.BEFORE,
        states={
            "form": ways.FORM,
            "form-with-faults": ways.form_with_faults,
            "form-unfolded": ways.form_unfolded,
            "form-from-session": ways.form_from("workshop"),
            "form-from-full": ways.form_from("full"),
            "form-from-cancelled": ways.form_from("cancelled"),
            "form-starred": ways.form_with_a_starred_workshop,
            "form-filled-up": ways.form_that_fills_up_meanwhile,
            "form-from-elsewhere": ways.form_from_elsewhere,
            "look-at-your-mail": ways.look_at_your_mail,
            "look-at-your-mail-again": ways.sent_again,
            "look-at-your-mail-elsewhere": ways.look_at_your_mail_elsewhere,
            "wrong-code": ways.wrong_code,
            "confirm": to_confirm(scenery.PENDING),
            "own": own(scenery.SEATED),
            "own-online": own(scenery.ONLINE),
            "own-waiting": own(scenery.WAITING),
            "own-cancelled": own(scenery.CANCELLED),
            "cancel": own(scenery.SEATED, "registration:cancel"),
            "dead-link": at("registration:own", "forged"),
        },
    ),
    "own page": Scene(
        rows=scenery.full,
        moment=scenery.BEFORE,
        states={
            "own-said": ways.own_page_that_says_what_is_done,
            "change": own(scenery.SEATED, "registration:change"),
            "change-waiting": own(scenery.WAITING, "registration:change"),
            "change-with-clash": ways.change_with_a_clash,
            "answer": own(scenery.SEATED, "registration:answer"),
            "answer-online": own(scenery.ONLINE, "registration:answer"),
            "give-back": ways.give_back("in_person"),
            "go-online": own(scenery.SEATED, "registration:go-online"),
            "release": ways.release("workshop"),
            "consents": own(scenery.SEATED, "registration:consents"),
            "needs": own(scenery.SEATED, "registration:needs"),
            "participants": own(scenery.SEATED, "registration:participants"),
            "participants-found": ways.found_participants,
            "participants-closed": ways.list_that_is_closed,
            "news-stop": at("registration:news-stop", ways.token_of_news),
            "own-free-place": ways.own_page_with_a_free_place,
            "confirm-address": ways.confirm_a_new_address,
            "ask-for-data": own(scenery.SEATED, "registration:ask-for-data"),
            "link-sent": ways.link_sent,
            "own-data": fresh("registration:own-data"),
            "own-data-moved": ways.data_with_a_new_address,
            "change-details": fresh("registration:change-details"),
            "change-address": fresh("registration:change-address"),
            "erase": fresh("registration:erase"),
            "erase-unsure": ways.erase_without_the_tick,
            "expired-link": ways.expired_link,
            "used-link": ways.used_link,
            "lost-link": at("registration:lost-link"),
            "lost-link-sent": ways.lost_link_sent,
            "stop": with_link("registration:stop", tokens.stop_token, scenery.PENDING),
            "stop-reminders": with_link(
                "registration:stop-reminders", tokens.stop_reminders_token, scenery.SEATED
            ),
            "withdraw": with_link("registration:withdraw", tokens.withdraw_token, scenery.PENDING),
            "withdrawn": ways.withdrawn,
            "new-link": own(scenery.SEATED, "registration:new-link"),
            "new-link-sent": ways.new_link_sent,
            "own-erased": ways.own_page_of_erased_data,
            "own-closed": ways.own_page_that_is_closed,
        },
    ),
    "demo": Scene(
        rows=scenery.with_mails,
        moment=scenery.BEFORE,
        states={
            "demo-mails": at("demo-mails"),
            "demo-mail": mail(Message.Kind.CONFIRMED, "demo-mail"),
        },
    ),
    "mails": Scene(
        rows=scenery.with_mails,
        moment=scenery.BEFORE,
        states={f"mail-{kind}": mail(kind) for kind in Message.Kind},
    ),
    "banners": Scene(
        rows=scenery.with_banners,
        moment=scenery.BEFORE,
        states={"banners": at("home")},
    ),
    "session on": Scene(
        rows=scenery.full,
        moment=scenery.SESSION_ON,
        states={
            "home-on": at("home"),
            "programme-on": at("programme:session-list"),
            "session-on": session("on-air"),
            "session-recorded": session("recorded"),
            "live-on": at("programme:live"),
            "live-spare": ways.live_on_the_spare_stream,
        },
    ),
    "questions": Scene(
        rows=scenery.full,
        moment=scenery.SESSION_ON,
        states={
            "question-ask": ways.ASK,
            "question-with-faults": ways.question_with_faults,
            "question-sent": ways.question_sent,
            "question-closed": at("programme:question-ask", "recorded"),
            "questions": ways.questions("on-air"),
            "questions-moved": ways.question_moved,
            "questions-none": ways.questions("recorded"),
            "questions-dead-link": at("programme:question-list", "forged"),
        },
    ),
    "between": Scene(
        rows=scenery.full,
        moment=scenery.BREAK,
        states={
            "live-between": at("programme:live"),
            "home-between": at("home"),
            "live-late": ways.live_with_a_late_session,
            "session-late": session("late"),
        },
    ),
    "evening": Scene(
        rows=scenery.full,
        moment=scenery.EVENING,
        states={"live-evening": at("programme:live"), "home-evening": at("home")},
    ),
    "morning": Scene(
        rows=scenery.full,
        moment=scenery.MORNING,
        states={"home-waiting": at("home"), "live-waiting": at("programme:live")},
    ),
    "last evening": Scene(
        rows=scenery.full,
        moment=scenery.LAST_EVENING,
        states={"home-ended": at("home"), "live-last-evening": at("programme:live")},
    ),
    "past": Scene(
        rows=scenery.full,
        moment=scenery.PAST,
        states={"home-past": at("home"), "live-past": at("programme:live")},
    ),
    "announced today": Scene(
        rows=scenery.announced,
        moment=scenery.MORNING,
        states={"home-today": at("home")},
    ),
    "announced past": Scene(
        rows=scenery.announced,
        moment=scenery.PAST,
        states={"home-past-announced": at("home")},
    ),
    "after": Scene(
        rows=scenery.full,
        moment=scenery.AFTER,
        states={
            "home-after": at("home"),
            "programme-after": at("programme:session-list"),
            "session-after": session("experiences"),
            "session-recorded-after": session("recorded"),
            "session-workshop-after": session("workshop"),
            "session-no-hours-after": session("no-hours"),
            "session-no-day-after": session("no-day"),
            "session-cancelled-after": session("cancelled"),
            "live-after": at("programme:live"),
            "form-closed": ways.FORM,
            "own-after": own(scenery.SEATED),
            "venue-after": at("programme:venue"),
            "accessibility-after": at("programme:accessibility"),
        },
    ),
    "postponed": Scene(
        rows=scenery.postponed,
        moment=scenery.BEFORE,
        states={
            "home-postponed": at("home"),
            "live-postponed": at("programme:live"),
            "notice-postponed": at("programme:standing"),
            "session-postponed": session("workshop"),
            "form-postponed": ways.FORM,
            "own-postponed": own(scenery.SEATED),
            "editions-postponed": at("programme:edition-list"),
        },
    ),
    "cancelled": Scene(
        rows=scenery.cancelled,
        moment=scenery.BEFORE,
        states={
            "home-cancelled": at("home"),
            "notice-cancelled": at("programme:standing"),
            "programme-cancelled": at("programme:session-list"),
            "form-cancelled": ways.FORM,
        },
    ),
    "announced": Scene(
        rows=scenery.announced,
        moment=scenery.BEFORE,
        states={
            "home-announced": at("home"),
            "programme-announced": at("programme:session-list"),
            "session-announced": session("conferencia-inaugural"),
            "speakers-announced": at("programme:speaker-list"),
            "live-announced": at("programme:live"),
            "venue-announced": at("programme:venue"),
            "editions-announced": at("programme:edition-list"),
            "form-unannounced": ways.FORM,
            **when("home-opens", "home", registration_opens_at=scenery.AFTER),
            **when("home-closed", "home", **scenery.CLOSED),
            **when("home-announced-postponed", "home", **scenery.POSTPONED),
            **when("home-announced-cancelled", "home", **scenery.CANCELLED_MEETING),
            **when("form-opens", "registration:sign-up", registration_opens_at=scenery.AFTER),
        },
    ),
    "empty": Scene(
        rows=scenery.bare,
        moment="2026-09-01T09:00-03:00",
        states={
            "home-empty": at("home"),
            "programme-empty": at("programme:session-list"),
            "changes-empty": at("programme:change-list"),
            "speakers-empty": at("programme:speaker-list"),
            "live-empty": at("programme:live"),
            "venue-empty": at("programme:venue"),
            "documents-empty": at("programme:document-list"),
            "editions-empty": at("programme:edition-list"),
            "form-online-only": ways.FORM,
        },
    ),
    "nothing": Scene(
        rows=scenery.nothing,
        moment=scenery.BEFORE,
        languages=["es"],
        states={"no-meeting": at("home")},
    ),
    "door": Scene(
        rows=scenery.bare,
        moment=scenery.BEFORE,
        states={"office-login": at("admin:login")},
    ),
    "back office": Scene(
        rows=scenery.full,
        moment=scenery.BEFORE,
        states={
            "office": as_organiser("admin:index"),
            "office-registrations": as_organiser("admin:registration_registration_changelist"),
            "office-registration": as_organiser(
                "admin:registration_registration_change",
                first(Registration, full_name=scenery.SEATED),
            ),
            "office-session": as_organiser(
                "admin:programme_session_change", first(Session, slug="workshop")
            ),
            "office-session-people": as_organiser(
                "admin:programme_session_people", first(Session, slug="workshop")
            ),
            "office-session-cancel": as_organiser(
                "admin:programme_session_cancel", first(Session, slug="workshop")
            ),
            "office-meeting": as_organiser("admin:programme_meeting_change", first(Meeting)),
            "office-standing": as_organiser("admin:programme_meeting_standing", first(Meeting)),
            "office-account": as_organiser("admin:auth_user_change", first(User)),
            "office-moderators": as_organiser(
                "admin:programme_session_moderators", first(Session, slug="on-air")
            ),
            "office-questions": as_organiser("admin:programme_question_changelist"),
            "office-quotas": as_organiser("admin:registration_quota_changelist"),
            "office-quota": as_organiser(
                "admin:registration_quota_change", first(Quota, session__slug="full")
            ),
            "office-desk": as_organiser("admin:registration_registration_add"),
            "office-let-in": as_organiser(
                "admin:registration_registration_let_in",
                first(Registration, full_name=scenery.PENDING),
            ),
            "office-signatures": as_organiser(
                "admin:registration_quota_sheet", first(Quota, session__slug="workshop")
            ),
            "office-board": as_organiser("admin:board"),
            "office-board-move": as_organiser("admin:board-move", first(Session, slug="workshop")),
            "office-board-plan": as_organiser("admin:board-plan"),
            "office-mails": as_organiser("admin:mail_health"),
            "office-bounces": as_organiser("admin:registration_bounce_changelist"),
            "office-live": ways.live_control,
        },
    ),
}

NAMES = [name for scene in SCENES.values() for name in scene.states]
assert len(NAMES) == len(set(NAMES)), sorted(name for name in NAMES if NAMES.count(name) > 1)
STATES = {name: reach for scene in SCENES.values() for name, reach in scene.states.items()}


# `make test` looks at these in the first language, `make drill` at all the others.
SCENES_OF_EACH_TEST = ("programme", "texts", "registration", "session on")


def looks(scenes: dict[str, Scene], languages: list[str] = LANGUAGES) -> list[object]:
    """Return a parameter set for each scene in each of its languages."""
    return [
        pytest.param(scene, code, id=f"{name}-{code}", marks=drilled(name, code))
        for name, scene in scenes.items()
        for code in scene.languages
        if code in languages
    ]


def drilled(name: str, language: str) -> list[pytest.MarkDecorator]:
    is_often = name in SCENES_OF_EACH_TEST and language == LANGUAGES[0]
    return [] if is_often else [pytest.mark.drill]
