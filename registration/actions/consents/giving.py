"""Give and withdraw consents; access needs are stored only with the consent to use them."""

from collections.abc import Collection

from django.utils.translation import gettext

from registration.actions.consents.news import keep_news_address, let_go_of_news_address
from registration.actions.corrections import refuse_if_erased
from registration.actions.messages import write_history
from registration.actions.places import Lock, Refusal, locked_places, refuse_when_over
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
    live = set(registration.consents.live().values_list("purpose", flat=True))
    is_kept = NewsAddress.objects.filter(email_key=registration.email_key or "").exists()
    return live if is_kept or registration.is_unproven else live - {Purpose.NEWS}


def give_consents(
    registration: Registration,
    purposes: Collection[str],
    *,
    text_version: str,
    language: str,
) -> Registration:
    """Give the consents in `purposes`, and withdraw none."""
    with locked_places():
        both = {*purposes, *agreed_purposes(registration), Purpose.NEEDS}
        return set_consents(registration, both, text_version=text_version, language=language)


def set_consents(
    registration: Registration,
    purposes: Collection[str],
    *,
    text_version: str,
    language: str,
) -> Registration:
    """Give the consents in `purposes`, and withdraw those that are not in it.

    An erased registration gives none. At most it withdraws the one that keeps its name for the
    certificate: the next purge then erases the name.
    """
    with locked_places() as lock:
        registration = Registration.objects.get(pk=registration.pk)
        live = set(registration.consents.live().values_list("purpose", flat=True))
        agreed = agreed_purposes(registration)
        may_give = () if registration.erased_at else OPTIONAL_PURPOSES
        given = [p for p in may_give if p in purposes and p not in agreed]
        withdrawn = [p for p in REVOCABLE_PURPOSES if p in live and p not in purposes]
        _withdraw(registration, [*withdrawn, *(p for p in given if p in live)], lock)
        text = {"text_version": text_version, "language": language, "given_at": lock.now}
        Consent.objects.bulk_create(
            Consent(registration=registration, purpose=purpose, **text) for purpose in given
        )
        _follow_in_news(registration, given, withdrawn)
        if given or withdrawn:
            note = " ".join([*(f"+{p.value}" for p in given), *(f"-{p.value}" for p in withdrawn)])
            write_history(registration, History.Event.CONSENTED, lock.now, note=note)
    return registration


def _follow_in_news(
    registration: Registration, given: Collection[str], withdrawn: Collection[str]
) -> None:
    if Purpose.NEWS in given:
        keep_news_address(registration)
    if Purpose.NEWS in withdrawn:
        let_go_of_news_address(registration.email_key or "")


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
        _withdraw(registration, [Purpose.NEEDS], lock)
        if needs:
            registration.needs = needs
            registration.save(update_fields=["needs"])
            text = {"text_version": text_version, "language": language, "given_at": lock.now}
            registration.consents.create(purpose=Purpose.NEEDS, **text)
        write_history(registration, History.Event.NEEDS_CHANGED, lock.now)
    return registration


def _withdraw(registration: Registration, purposes: Collection[str], lock: Lock) -> None:
    """Withdraw these consents; without the one to their use the access needs are erased."""
    live = registration.consents.live().filter(purpose__in=purposes)
    live.update(withdrawn_at=lock.now)
    if Purpose.NEEDS in purposes:
        registration.needs = ""
        registration.save(update_fields=["needs"])
