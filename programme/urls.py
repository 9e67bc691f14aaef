from django.urls import path
from django.utils.translation import gettext_lazy as _

from programme.views import agenda, changes, live, pages, people, questions, sessions

app_name = "programme"

urlpatterns = [
    # Sessions
    path(_("programme/"), sessions.session_list, name="session-list"),
    # Must stand before session-detail; Session.clean refuses a slug that would be hidden by it.
    path(_("programme/changes/"), changes.change_list, name="change-list"),
    path(_("programme/<slug:slug>/"), sessions.session_detail, name="session-detail"),
    path(_("my-agenda/"), agenda.my_agenda, name="my-agenda"),
    path(_("live/"), live.live, name="live"),
    # Questions from people online
    path(_("programme/<slug:slug>/ask/"), questions.question_ask, name="question-ask"),
    path(_("moderate/<str:token>/"), questions.question_list, name="question-list"),
    # People
    path(_("speakers/"), people.speaker_list, name="speaker-list"),
    path(_("speakers/<slug:slug>/"), people.speaker_detail, name="speaker-detail"),
    # Texts
    path(_("venue/"), pages.venue, name="venue"),
    path(_("documents/"), pages.document_list, name="document-list"),
    path(_("editions/"), pages.edition_list, name="edition-list"),
    path(_("notice/"), pages.standing, name="standing"),
    path(_("privacy/"), pages.privacy, name="privacy"),
    path(_("accessibility/"), pages.accessibility, name="accessibility"),
    path(_("terms/"), pages.terms, name="terms"),
    path("<slug:slug>/", pages.page_detail, name="page-detail"),
]
