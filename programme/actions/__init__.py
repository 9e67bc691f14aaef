"""Write what spans several rows or needs a lock."""

from programme.actions.corrections import correct_code, move_hours, move_to_zone
from programme.actions.questions import (
    TooManyQuestions,
    ask,
    forget_who_asked,
    hide_all_from_where,
    renew_moderators_link,
    stop_questions,
)
from programme.actions.removals import (
    Grounds,
    Replaced,
    bring_back,
    removable_parts,
    remove_from_site,
    replacement_of,
)
from programme.actions.sessions import SessionsWrite, bump_version, writing_sessions
from programme.actions.streams import NoSpare, say_late, switch_stream
