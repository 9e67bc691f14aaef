from eim.lib.forms.guarded import GuardedForm
from programme.forms.people import FindPeople
from programme.forms.questions import MoveForm, QuestionForm, TakingForm
from programme.forms.sessions import FindSessions
