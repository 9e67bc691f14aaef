"""Helpers that several tests of registration share."""

import re

from eim import clock
from eim.lib.hashing import Network
from programme.models import Meeting, Session
from registration import actions
from registration.actions import Application
from registration.answers import EVERY_ANSWER, Answers, Use, answers_for
from registration.models import Message, Place, Quota
from registration.models.messages import BY_STANDING
from tests import factories

VALID = {
    "full_name": "Rosa Quispe Mamani",
    "email": "rosa@museo.example",
    "country": "BO",
    "institution": "Museo Nacional de Etnografía",
    "occupation": "education",
    "attendance": "online",
    "mail_language": "es",
    "professional": "on",
    "consent": "on",
}


def application(*quotas, waitlist=(), instead_of=None, **facts):
    defaults = {
        "full_name": "Rosa Quispe Mamani",
        "email": "rosa@museo.example",
        "country": "BO",
        "institution": "",
        "occupation": "education",
        "is_professional": True,
        "attendance": "in_person" if quotas else "online",
        "needs": "",
        "mail_language": "es",
        "language": "es",
        "privacy_version": "1",
        "network": "a network",
        "browser": "a form",
    }
    said = defaults | facts
    if isinstance(said["network"], str):
        said["network"] = network(said["network"])
    answers = Answers(**{name: said.pop(name) for name in EVERY_ANSWER if name in said})
    return Application(
        answers=answers,
        **said,
        quotas=quotas,
        waitlist=frozenset(waitlist),
        instead_of=instead_of,
    )


def network(name, block=""):
    """Return a network by its name, alone in its block unless that is named too."""
    return Network(own=name, block=block or f"block of {name}")


def correction(registration, **facts):
    """Return the answers that an organiser may correct, as in the row but for `facts`."""
    names = answers_for(Use.BY_ORGANISERS)
    return {name: str(getattr(registration, name)) for name in names} | facts


def sign_up(*quotas, **facts):
    """Register a person; with `n`, one with their own mailbox and network."""
    if "n" in facts:
        n = facts.pop("n")
        facts = {"email": f"person{n}@museo.example", "network": f"network {n}"} | facts
    return actions.sign_up(application(*fresh(*quotas), **facts))


def confirmed(*quotas, **facts):
    registration = sign_up(*quotas, **facts)
    return actions.confirm(registration.pk, registration.link_version)


def fresh(*quotas):
    return [Quota.objects.get(pk=quota.pk) for quota in quotas]


def close_registration(**facts):
    """Let nobody sign up from now on."""
    Meeting.objects.update(registration_closes_at=clock.now(), **facts)


def states(registration):
    return {place.quota_id: str(place.state) for place in registration.places.all()}


def taken(quota):
    return Quota.objects.get(pk=quota.pk).taken


def mails():
    return [(m.kind, m.registration.full_name) for m in Message.objects.order_by("pk")]


def message_about(kind, *quotas, **facts):
    """Create a message whose facts are true, so that the worker would send it."""
    now = clock.now()
    if kind == Message.Kind.NEWS_KEPT:
        language = facts.get("mail_language", "es")
        return factories.message(kind=kind, news_address=factories.news_address(language=language))
    states = {"pending": "pending", "unconfirmed": "pending", "cancelled": "cancelled"}
    registration = factories.registration(
        state=states.get(kind, "confirmed"),
        unproven_since=now if kind in ("moved", "desk") else None,
        **{"attendance": "in_person"} | new_address_of(kind) | facts,
    )
    place_states = {
        "pending": Place.State.HELD,
        "unconfirmed": Place.State.HELD,
        "cancelled": Place.State.RELEASED,
    }
    state = place_states.get(kind, Place.State.CONFIRMED)
    for quota in quotas:
        factories.place(registration=registration, quota=quota, state=state, changed_at=now)
    about = quotas[-1] if quotas and kind.startswith("session_") else None
    if kind == "session_cancelled":
        Session.objects.filter(quota=about).update(state="cancelled", cancellation_reason="Lluvia.")
    for standing in (standing for standing, one in BY_STANDING.items() if one == kind):
        Meeting.objects.update(standing=standing, standing_reason_es="El museo está **cerrado**.")
    if kind == Message.Kind.LETTER:
        return factories.message(kind=kind, registration=registration, letter=sample_letter())
    history = factories.history(registration=registration, happened_at=now, quota=about)
    facts = {"to": ELSEWHERE[kind]} if kind in ELSEWHERE else {}
    return factories.message(kind=kind, registration=registration, history=history, **facts)


def sample_letter(**facts):
    """Create a letter with every part that a text may have, as it is being sent."""
    text = "## {name}\n\n* **{place}**\n* {dates}\n\n[{meeting}]({own_page})"
    texts = {f"text_{language}": text for language in ("es", "pt", "en")}
    return factories.letter(**{"state": "sending"} | texts | facts)


# Recipients of the mails that do not go to the registration's address.
ELSEWHERE = {"new_address": "nueva@museo.example", "address_left": "antes@museo.example"}


def new_address_of(kind):
    address = ELSEWHERE[kind] if kind == "new_address" else ""
    return {"new_email": address, "new_email_key": address} if address else {}


def events(registration):
    return [str(h.event) for h in registration.history.all()]


def started_field(client, url):
    """Return the signed time in the form, at which it was opened."""
    html = client.get(url).text
    return re.search(r'name="started" value="([^"]+)"', html).group(1)


def errors(response):
    """Return the sentences beside the fields of the form that a page shows, by field."""
    return {name: list(sentences) for name, sentences in response.context["form"].errors.items()}
