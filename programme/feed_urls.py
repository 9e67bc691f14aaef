from django.urls import path

from programme import feeds

app_name = "feeds"

urlpatterns = [
    path("programme.ics", feeds.calendar, name="calendar"),
    path("programme/<slug:slug>.ics", feeds.session_calendar, name="session-calendar"),
]
