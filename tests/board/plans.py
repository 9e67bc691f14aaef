"""Stage and publish moves as organisers do: by the pages' own forms."""

from datetime import timedelta

from django.urls import reverse

from eim.back_office.board.plans import seen_of
from programme.models import StagedMove
from tests import factories

BOARD, PLAN = "admin:board", "admin:board-plan"


def to(hour, *, day=1, minutes=60, room=None):
    """Return what the form of a move is sent with."""
    on = factories.FIRST_DAY + timedelta(days=day - 1)
    key = room.pk if room else ""
    return {"day": f"{on}", "starts": hour, "minutes": minutes, "room": key}


def send(client, session, place):
    """Send the form of a move, as its page shows it now."""
    session.refresh_from_db()
    move = StagedMove.objects.filter(session=session).first()
    data = {"seen": seen_of(session, move)} | place
    return client.post(reverse("admin:board-move", args=[session.pk]), data)


def staged(client, session, place):
    response = send(client, session, place)
    assert response.status_code == 302, response.context["form"].errors
    return StagedMove.objects.filter(session=session).first()


def plan_of(client):
    return client.get(reverse(PLAN)).context


def shown_by(page):
    """Return the form of the plan as its page shows it, with all boxes ticked."""
    form = page["form"]
    hidden = {field.html_name: field.value() for field in form.hidden_fields()}
    return hidden | {field.html_name: "on" for field in form.visible_fields()}


def publish(client, page=None, **facts):
    """Publish what a page of the plan showed."""
    data = shown_by(page or plan_of(client)) | facts
    return client.post(reverse(PLAN), {k: v for k, v in data.items() if v is not None}, follow=True)


def said(response):
    return [str(message) for message in response.context["messages"]]


def conflicts(page):
    return [one.words for one in page["refused"]], [one.words for one in page["warnings"]]
