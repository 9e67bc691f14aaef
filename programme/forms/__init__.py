from eim.lib.guarded_form import GuardedForm
from programme.forms.people import FindPeople
from programme.forms.questions import MoveForm, QuestionForm
from programme.forms.sessions import FindSessions

# What an address may ask for, by page, in its order: whatever else it says changes nothing.
PARAMETERS = {
    "programme:session-list": tuple(FindSessions.base_fields),
    "programme:speaker-list": tuple(FindPeople.base_fields),
}
