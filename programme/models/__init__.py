from programme.models.changes import Change
from programme.models.furniture import Document, Notice, Organisation, Page
from programme.models.meeting import Meeting
from programme.models.people import Part, Person
from programme.models.presentations import Presentation
from programme.models.questions import Question
from programme.models.rooms import Room
from programme.models.sessions import Session
from programme.models.streams import Channel, Stream
from programme.models.themes import Theme

__all__ = [
    "Change",
    "Channel",
    "Document",
    "Meeting",
    "Notice",
    "Organisation",
    "Page",
    "Part",
    "Person",
    "Presentation",
    "Question",
    "Room",
    "Session",
    "Stream",
    "Theme",
]
