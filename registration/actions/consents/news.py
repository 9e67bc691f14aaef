"""Keep the addresses of people who want news of later meetings, apart from registrations.

A mailbox has one row, however many people share it. Everything here runs under the one lock.
"""

from datetime import datetime

from django.conf import settings
from django.db.models import F, QuerySet

from programme.models import Meeting
from registration.actions.mailings.letters import forget_recipients
from registration.actions.messages import write_history
from registration.actions.places import locked_places
from registration.models import Consent, History, Message, NewsAddress, Registration
from registration.models.consents import ConsentQuerySet
from registration.tokens import NewsClaim


def wishes_of(mailbox: str) -> ConsentQuerySet:
    """Filter the live consents to news of people who have proven that they read the mailbox."""
    readers = Registration.objects.for_mailbox(mailbox).ever_confirmed().with_proven_address()
    of_news = Consent.objects.live().filter(purpose=Consent.Purpose.NEWS)
    return of_news.filter(registration__in=readers)


def proven_mailbox(registration: Registration) -> str:
    """Return the mailbox that the person has proven to read; empty without one."""
    is_reader = registration.confirmed_at is not None and not registration.is_unproven
    return (registration.email_key or "") if is_reader else ""


def news_address_of_others(registration: Registration) -> NewsAddress | None:
    """Return the address for news of a person's mailbox, if they did not ask for it here.

    It is of an earlier meeting, or of somebody else who reads the same mailbox.
    """
    if _wish_of(registration):
        return None
    return NewsAddress.objects.filter(email_key=proven_mailbox(registration)).first()


def keep_news_address(registration: Registration) -> None:
    """Write the address, or renew it, if its reader agreed to news. Harmless twice.

    Who agreed to other words, under which addresses were not kept apart, has to agree again.
    """
    wish = _wish_of(registration)
    if wish and wish.text_version == Meeting.objects.get().privacy_version:
        _write(registration, wish)


def _wish_of(registration: Registration) -> Consent | None:
    wishes = wishes_of(registration.email_key or "")
    return wishes.filter(registration=registration).first()


def _write(registration: Registration, wish: Consent) -> None:
    row = NewsAddress.objects.filter(email_key=registration.email_key).first()
    if row is None or row.given_at < wish.given_at:
        facts = {
            "address": registration.email,
            "language": registration.mail_language,
            "text_version": wish.text_version,
            "given_at": wish.given_at,
        }
        NewsAddress.objects.update_or_create(email_key=registration.email_key, defaults=facts)


def let_go_of_news_address(mailbox: str) -> None:
    """Delete the address, unless somebody else of the same mailbox wants news there."""
    if mailbox and not wishes_of(mailbox).exists():
        delete_news_addresses(NewsAddress.objects.filter(email_key=mailbox))


def move_news_address(registration: Registration, *, left: str) -> None:
    """Let the address follow a person who wants news, from the mailbox that they have left.

    Until the new one is proven nothing is kept of them for news.
    """
    wants = registration.consents.live().filter(purpose=Consent.Purpose.NEWS).exists()
    rows = NewsAddress.objects.filter(email_key=left) if left and wants else None
    if rows is None or not rows.exists():
        return
    wish, mailbox = _wish_of(registration), registration.email_key
    is_known = NewsAddress.objects.filter(email_key=mailbox).exists()
    if wish and not is_known and not wishes_of(left).exists():
        # The same row, so that a letter that is being sent still reaches them. Links in the mailbox
        # that they have left end.
        link_version = F("link_version") + 1
        rows.update(address=registration.email, email_key=mailbox, link_version=link_version)
    elif wish:
        _write(registration, wish)
    let_go_of_news_address(left)


def write_news_in_language_of(registration: Registration) -> None:
    """Write news in the language of the person's e-mails, if they want any."""
    mailbox = registration.email_key or ""
    if _wish_of(registration):
        rows = NewsAddress.objects.filter(email_key=mailbox)
        rows.update(language=registration.mail_language)


def stop_news(claim: NewsClaim) -> None:
    """Delete the address of a link, and withdraw what its readers agreed to. Harmless twice."""
    with locked_places() as lock:
        rows = rows_of(claim)
        for mailbox in rows.values_list("email_key", flat=True):
            _withdraw_wishes(mailbox, lock.now)
        delete_news_addresses(rows)


def has_news_address(claim: NewsClaim) -> bool:
    return rows_of(claim).exists()


def rows_of(claim: NewsClaim) -> QuerySet[NewsAddress]:
    return NewsAddress.objects.filter(pk=claim.address_id, link_version=claim.link_version)


def _withdraw_wishes(mailbox: str, now: datetime) -> None:
    for wish in wishes_of(mailbox).select_related("registration"):
        Consent.objects.filter(pk=wish.pk).update(withdrawn_at=now)
        if wish.registration:
            note = f"-{Consent.Purpose.NEWS.value}"
            write_history(wish.registration, History.Event.CONSENTED, now, note=note)


def outdated_news(now: datetime) -> QuerySet[NewsAddress]:
    """Filter the addresses whose reader agreed for the last time too long ago."""
    return NewsAddress.objects.filter(given_at__lt=years_before(now, settings.NEWS_KEPT_YEARS))


def years_before(moment: datetime, years: int) -> datetime:
    """Return the same day and hour some years before; the 28th instead of 29 February."""
    year = moment.year - years
    try:
        return moment.replace(year=year)
    except ValueError:
        return moment.replace(year=year, day=28)


def delete_news_addresses(rows: QuerySet[NewsAddress]) -> None:
    """Delete addresses, with the e-mails written to them."""
    forget_recipients(Message.objects.filter(news_address__in=rows.values("pk")))
    rows.delete()
