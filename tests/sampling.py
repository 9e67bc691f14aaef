"""The sample meeting, and what a test asks of it."""

from io import StringIO

from django.core.management import call_command
from django.db.models import Count
from django.utils import translation

from programme.models import Session


def sample(*arguments):
    with translation.override("en"):
        call_command("sample_meeting", *arguments, stdout=StringIO())


def kinds():
    rows = Session.objects.values_list("kind").annotate(count=Count("pk"))
    return dict(rows.order_by("kind"))
