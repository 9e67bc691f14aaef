from programme.admin.changes import ChangeAdmin
from programme.admin.meeting import MeetingAdmin, RoomAdmin, ThemeAdmin
from programme.admin.pages import DocumentAdmin, NoticeAdmin, OrganisationAdmin, PageAdmin
from programme.admin.people import PersonAdmin, PresentationAdmin
from programme.admin.questions import QuestionAdmin
from programme.admin.removals import RemovalAdmin
from programme.admin.sessions import SessionAdmin
from programme.admin.streams import StreamAdmin
