"""Tell load balancers and monitors whether the site works."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse

from eim import clock
from programme.decorators import machine
from registration.models import Message


@machine
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


@machine
def readyz(request: HttpRequest) -> HttpResponse:
    if is_ready():
        return HttpResponse("ok", content_type="text/plain")
    return HttpResponse("not ready", content_type="text/plain", status=503)


def is_ready() -> bool:
    """Return whether the database answers, is migrated, and mails are being sent."""
    try:
        return is_migrated() and not is_mail_stuck()
    except DatabaseError:
        return False


def is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def is_mail_stuck() -> bool:
    return Message.objects.late(clock.now()).exists()
