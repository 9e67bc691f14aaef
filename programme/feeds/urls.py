"""Route the addresses without a language prefix: calendars, feeds, and files for scripts."""

from django.urls import path

from programme.feeds import views
from programme.views import live
from programme.views.sessions import search_texts

app_name = "feeds"

urlpatterns = [
    path("programme/words.json", search_texts, name="session-words"),
    path("programme.ics", views.calendar, name="calendar"),
    path("programme/<slug:slug>.ics", views.session_calendar, name="session-calendar"),
    path("live/state.json", live.live_state, name="live-state"),
    path("programme/changes.atom", views.changes_feed, name="changes"),
    path("schedule.xml", views.schedule_as_xml, name="schedule-xml"),
    path("schedule.json", views.schedule_as_json, name="schedule-json"),
]
