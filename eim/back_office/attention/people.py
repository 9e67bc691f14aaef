from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from eim.back_office.attention.items import Item, ItemLink, list_url
from programme.models import Meeting, Person
from registration.actions import left_over
from registration.models import Place, Registration


def waiting_people(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    if count := Place.objects.waiting().values("registration").distinct().count():
        words = ngettext(
            "%(count)s person is on a waiting list",
            "%(count)s people are on a waiting list",
            count,
        )
        link = ItemLink(words=gettext("See who"), url=list_url(Registration, place="waiting"))
        yield Item(icon="wait", words=words % {"count": count}, links=[link])


def left_over_places(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    """Find places that stay free in the last 24 hours, when waiting lists stop moving.

    Organisers can tell the people who wait, or give them the places by hand.
    """
    for left in left_over(meeting, now):
        words = ngettext(
            "%(name)s begins within 24 hours: %(free)s free, and %(count)s person is waiting",
            "%(name)s begins within 24 hours: %(free)s free, and %(count)s people are waiting",
            left.waiting,
        )
        facts = {"name": left.quota, "free": left.quota.free, "count": left.waiting}
        page = reverse("admin:registration_quota_change", args=[left.quota.pk])
        link = ItemLink(words=gettext("See who"), url=f"{page}?show=waiting#line")
        yield Item(icon="wait", words=words % facts, links=[link], is_grave=True)


def access_needs(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    if count := Registration.objects.confirmed().exclude(needs="").count():
        words = ngettext(
            "%(count)s person has described their access needs",
            "%(count)s people have described their access needs",
            count,
        )
        url = list_url(Registration, needs="yes", state__exact="confirmed")
        link = ItemLink(words=gettext("See who"), url=url)
        yield Item(icon="hand", words=words % {"count": count}, links=[link])


def incomplete_people(user: User, meeting: Meeting, now: datetime) -> Iterator[Item]:
    """Find people of the programme without a photograph or a biography."""
    people = Person.objects.in_programme()
    photo, biography = people.without_photo().count(), people.without_biography().count()
    if photo:
        words = ngettext(
            "%(count)s person of the programme has no photograph",
            "%(count)s people of the programme have no photograph",
            photo,
        )
        link = ItemLink(words=gettext("See who"), url=list_url(Person, without="photo"))
        yield Item(icon="person_outline", words=words % {"count": photo}, links=[link])
    if biography:
        words = ngettext(
            "%(count)s person of the programme has no biography",
            "%(count)s people of the programme have no biography",
            biography,
        )
        link = ItemLink(words=gettext("See who"), url=list_url(Person, without="biography"))
        yield Item(icon="person_outline", words=words % {"count": biography}, links=[link])
