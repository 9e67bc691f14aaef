from programme.models.changes import Change
from programme.models.documents import Document
from programme.models.editions import Edition
from programme.models.meeting import Meeting
from programme.models.notices import Notice
from programme.models.organisations import Organisation
from programme.models.pages import Page
from programme.models.people import Part, Person
from programme.models.plans import StagedMove
from programme.models.presentations import Presentation
from programme.models.questions import Question
from programme.models.removals import Removal
from programme.models.rooms import Room
from programme.models.sessions import Session
from programme.models.streams import Channel, Stream
from programme.models.themes import Theme
