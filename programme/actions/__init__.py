"""Write what spans several rows or needs a lock."""

from programme.actions.questions import (
    TooManyQuestions,
    ask,
    forget_who_asked,
    renew_moderators_link,
)
from programme.actions.sessions import SessionsWrite, bump_version, writing_sessions
from programme.actions.streams import NoSpare, say_late, switch_stream
