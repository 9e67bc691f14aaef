from django.urls import path

from programme import feeds
from programme.views import live

app_name = "feeds"

urlpatterns = [
    path("programme.ics", feeds.calendar, name="calendar"),
    path("programme/<slug:slug>.ics", feeds.session_calendar, name="session-calendar"),
    path("live/state.json", live.state, name="live-state"),
]
