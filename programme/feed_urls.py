from django.urls import path

from programme import feeds
from programme.views import live
from programme.views.sessions import session_words

app_name = "feeds"

urlpatterns = [
    path("programme/words.json", session_words, name="session-words"),
    path("programme.ics", feeds.calendar, name="calendar"),
    path("programme/<slug:slug>.ics", feeds.session_calendar, name="session-calendar"),
    path("live/state.json", live.state, name="live-state"),
    path("programme/changes.atom", feeds.changes, name="changes"),
    path("schedule.xml", feeds.schedule_as_xml, name="schedule-xml"),
    path("schedule.json", feeds.schedule_as_json, name="schedule-json"),
]
