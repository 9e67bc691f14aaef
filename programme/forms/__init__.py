from programme.forms.guarded import GuardedForm
from programme.forms.questions import MoveForm, QuestionForm

__all__ = ["GuardedForm", "MoveForm", "QuestionForm"]
