from programme.admin.changes import ChangeAdmin
from programme.admin.furniture import DocumentAdmin, NoticeAdmin, OrganisationAdmin, PageAdmin
from programme.admin.meeting import MeetingAdmin, RoomAdmin, ThemeAdmin
from programme.admin.people import PersonAdmin, PresentationAdmin
from programme.admin.questions import QuestionAdmin
from programme.admin.sessions import SessionAdmin
from programme.admin.streams import StreamAdmin

__all__ = [
    "ChangeAdmin",
    "DocumentAdmin",
    "MeetingAdmin",
    "NoticeAdmin",
    "OrganisationAdmin",
    "PageAdmin",
    "PersonAdmin",
    "PresentationAdmin",
    "QuestionAdmin",
    "RoomAdmin",
    "SessionAdmin",
    "StreamAdmin",
    "ThemeAdmin",
]
