"""Give and withdraw consents; access needs are stored only with the consent to use them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from registration.actions.consents.news import keep_news_address, let_go_of_news_address
from registration.actions.corrections import refuse_if_erased
from registration.actions.messages import write_history
from registration.actions.places import Refusal, locked_places, refuse_when_over
from registration.models import Consent, History, NewsAddress, Registration

Purpose = Consent.Purpose
# What a person may agree to and withdraw at any time.
OPTIONAL_PURPOSES = (Purpose.IMAGE, Purpose.LIST, Purpose.NEWS, Purpose.CERTIFICATE)
# The consent to the use of access needs comes with the needs; here it is only withdrawn.
REVOCABLE_PURPOSES = (*OPTIONAL_PURPOSES, Purpose.NEEDS)


def agreed_purposes(registration: Registration) -> set[str]:
    """Return what the person agrees to in its present words.

    Who agreed to news before their addresses were kept apart has agreed to other words.
    """
    live = _live_purposes(registration)
    is_kept = NewsAddress.objects.filter(email_key=registration.email_key or "").exists()
    return live if is_kept or registration.is_unproven else live - {Purpose.NEWS}


def give_consents(
    registration: Registration, purposes: Collection[str], *, text_version: str, language: str
) -> Registration:
    """Give the consents in `purposes`, and withdraw none."""
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        text = {"text_version": text_version, "language": language, "given_at": lock.now}
        _change(registration, _new_ones(registration, purposes), [], text)
    return registration


def set_consents(
    registration: Registration, purposes: Collection[str], *, text_version: str, language: str
) -> Registration:
    """Give the consents in `purposes`, and withdraw those that are not in it.

    An erased registration gives none. At most it withdraws the one that keeps its name for the
    certificate: the next purge then erases the name.
    """
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        live = _live_purposes(registration)
        withdrawn = [p for p in REVOCABLE_PURPOSES if p in live and p not in purposes]
        text = {"text_version": text_version, "language": language, "given_at": lock.now}
        _change(registration, _new_ones(registration, purposes), withdrawn, text)
    return registration


def _live_purposes(registration: Registration) -> set[str]:
    return set(registration.consents.live().values_list("purpose", flat=True))


def _new_ones(registration: Registration, purposes: Collection[str]) -> list[Purpose]:
    agreed = agreed_purposes(registration)
    may_give = () if registration.erased_at else OPTIONAL_PURPOSES
    return [purpose for purpose in may_give if purpose in purposes and purpose not in agreed]


def _change(
    registration: Registration,
    given: Sequence[Purpose],
    withdrawn: Sequence[Purpose],
    text: Mapping[str, Any],
) -> None:
    """Write what was given and withdrawn, and let the address for news follow."""
    if not (given or withdrawn):
        return
    now = text["given_at"]
    # Who agreed to other words before is given a consent to these.
    _withdraw(registration, [*withdrawn, *given], now)
    Consent.objects.bulk_create(
        Consent(registration=registration, purpose=purpose, **text) for purpose in given
    )
    if Purpose.NEWS in given:
        keep_news_address(registration)
    if Purpose.NEWS in withdrawn and not registration.is_unproven:
        let_go_of_news_address(registration.email_key or "")
    note = " ".join([*(f"+{p.value}" for p in given), *(f"-{p.value}" for p in withdrawn)])
    write_history(registration, History.Event.CONSENTED, now, note=note)


def set_needs(
    registration: Registration, needs: str, *, text_version: str, language: str
) -> Registration:
    """Replace the access needs and the consent to use them; empty withdraws both. Raises `Refusal`.

    The history says that they changed, never what they are.
    """
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        if not registration.is_confirmed:
            raise Refusal(gettext("This registration has been cancelled: nothing was changed."))
        refuse_if_erased(registration)
        refuse_when_over(lock.now)
        if needs == registration.needs:
            return registration
        _withdraw(registration, [Purpose.NEEDS], lock.now)
        if needs:
            registration.needs = needs
            registration.save(update_fields=["needs"])
            text = {"text_version": text_version, "language": language, "given_at": lock.now}
            registration.consents.create(purpose=Purpose.NEEDS, **text)
        write_history(registration, History.Event.NEEDS_CHANGED, lock.now)
    return registration


def _withdraw(registration: Registration, purposes: Collection[str], now: datetime) -> None:
    """Withdraw these consents; without the one to their use the access needs are erased."""
    live = registration.consents.live().filter(purpose__in=purposes)
    live.update(withdrawn_at=now)
    if Purpose.NEEDS in purposes:
        registration.needs = ""
        registration.save(update_fields=["needs"])
