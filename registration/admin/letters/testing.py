"""Send a letter to the organiser who writes it, as a recipient would get it."""

import logging
from datetime import timedelta
from smtplib import SMTPException
from typing import cast

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.mail import mailers
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, override

from eim.lib.languages import language_name
from eim.lib.logs import without_addresses
from eim.lib.site_languages import SITE_CODES
from programme.wording.sessions import in_running_text
from registration import mails
from registration.admin.letters.addresses import (
    letter_to_look_at,
    may_send,
    may_write,
    page_of,
)
from registration.mails.letters import sample_of
from registration.models import Letter

logger = logging.getLogger(__name__)

# A second press within this time sends nothing.
PAUSE = timedelta(seconds=10)


def test_view(model_admin: ModelAdmin, request: HttpRequest, pk: int) -> HttpResponse:
    if not (may_write(request) or may_send(request)):
        raise PermissionDenied
    letter = letter_to_look_at(request, pk)
    language = request.POST.get("language", "")
    if request.method == "POST" and language in SITE_CODES:
        words, level = send_test(model_admin, request, letter, language)
        model_admin.message_user(request, words, level)
    return redirect(page_of(letter))


test_view.__test__ = False  # type: ignore[attr-defined]


def send_test(
    model_admin: ModelAdmin, request: HttpRequest, letter: Letter, language: str
) -> tuple[str, int]:
    """Send the test at once, and return what the mail server said of it."""
    user = cast(User, request.user)
    if fault := fault_of(letter, user, language):
        return fault, messages.ERROR
    if not is_first_press(model_admin, request, letter, language):
        return gettext("It was sent a moment ago: look at your mailbox."), messages.WARNING
    name = user.get_full_name() or user.get_username()
    mail = mails.render(sample_of(letter, name=name, address=user.email, language=language))
    with override(language):
        mail.subject = gettext("Test: %(subject)s") % {"subject": mail.subject}
    try:
        mailers.default.send_messages([mail])
    except (SMTPException, OSError, ValueError) as error:
        logger.warning("The test of a letter was refused: %s", without_addresses(str(error)))
        return gettext("The mail server did not take it: %(why)s") % {"why": error}, messages.ERROR
    words = gettext("Sent to %(address)s. Look at it on a telephone, too.")
    return words % {"address": user.email}, messages.SUCCESS


def fault_of(letter: Letter, user: User, language: str) -> str:
    if not user.email:
        return gettext("Your account has no e-mail address: a colleague can enter it.")
    if language not in letter.written_languages:
        words = gettext("Subject or text is missing in %(language)s.")
        return words % {"language": in_running_text(language_name(language))}
    return ""


def is_first_press(
    model_admin: ModelAdmin, request: HttpRequest, letter: Letter, language: str
) -> bool:
    """Note the test in the log, unless this person sent the same one a moment ago."""
    words = gettext("Sent to oneself as a test: %(language)s.")
    words %= {"language": in_running_text(language_name(language))}
    with transaction.atomic():
        Letter.objects.select_for_update(no_key=True, of=["self"]).get(pk=letter.pk)
        before = LogEntry.objects.filter(
            user=request.user.pk,
            content_type=ContentType.objects.get_for_model(Letter),
            object_id=str(letter.pk),
            change_message=words,
            action_time__gt=timezone.now() - PAUSE,
        )
        if before.exists():
            return False
        model_admin.log_change(request, letter, words)
    return True
