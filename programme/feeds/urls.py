"""Route the addresses without a language prefix: calendars, feeds, and files for scripts."""

from django.urls import path, register_converter

from eim.lib.site_languages import SITE_CODES
from programme.feeds import views
from programme.feeds.pictures import views as pictures
from programme.views import live
from programme.views.sessions import search_texts

app_name = "feeds"


class SiteLanguage:
    """Match the code of a language of the site."""

    regex = "|".join(SITE_CODES)

    def to_python(self, code: str) -> str:
        return code

    def to_url(self, code: str) -> str:
        return code


register_converter(SiteLanguage, "site_language")

urlpatterns = [
    path("programme/words.json", search_texts, name="session-words"),
    path("programme.ics", views.calendar, name="calendar"),
    path("programme/<slug:slug>.ics", views.session_calendar, name="session-calendar"),
    path("live/state.json", live.live_state, name="live-state"),
    path("programme/changes.atom", views.changes_feed, name="changes"),
    path("schedule.xml", views.schedule_as_xml, name="schedule-xml"),
    path("schedule.json", views.schedule_as_json, name="schedule-json"),
    # Pictures to share
    path(
        "share/<site_language:language>/session/<slug:slug>.png",
        pictures.session_picture,
        name="session-picture",
    ),
    path(
        "share/<site_language:language>/speaker/<slug:slug>.png",
        pictures.person_picture,
        name="person-picture",
    ),
    path(
        "share/<site_language:language>/meeting.png",
        pictures.meeting_picture,
        name="meeting-picture",
    ),
]
