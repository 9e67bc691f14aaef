from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.translation import gettext

from eim.back_office.attention.items import Item
from programme.models import Meeting
from programme.wording.dates import moment_in
from registration.management.housekeeping import JOBS
from registration.models import Heartbeat


def worker_problems(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    """Find a worker that has stopped reporting, or whose jobs fail. Before the first: nothing."""
    beats = {beat.name: beat for beat in Heartbeat.objects.all()}
    worker = beats.get(Heartbeat.WORKER)
    if worker and worker.succeeded_at and worker.is_silent(timezone.now()):
        words = gettext(
            "The worker, which sends the e-mails and keeps house, has not reported (since: "
            "%(since)s)"
        )
        words %= {"since": moment_in(worker.succeeded_at, meeting.zone)}
        yield Item(icon="mail", words=words, links=[], is_grave=True)
    if failing := [job for job in JOBS if job.name in beats and beats[job.name].has_failed]:
        words = gettext("The worker cannot do part of its work, and its log says why: %(jobs)s")
        words %= {"jobs": ", ".join(str(job.words) for job in failing)}
        yield Item(icon="mail", words=words, links=[], is_grave=True)
