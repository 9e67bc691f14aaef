"""Forms to ask a question, and to moderate the list of them."""

from collections.abc import Mapping

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Field, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eim.lib.fields.cleaned import CleanedField
from eim.lib.forms.guarded import GuardedForm
from eim.lib.validators import validate_no_address, validate_no_markup, validate_visible
from programme.models import Meeting, Question, Session
from programme.moderation import HIDE_ALL
from programme.wording.dates import date_words

MAX_QUESTION_LENGTH = 500


class QuestionForm(GuardedForm):
    """Ask a question without an account."""

    # Lines are joined: a browser sends a line break as two characters but counts it as one.
    text = CleanedField(
        label=_("Your question"),
        help_text=_("Short enough to be read aloud: at most 500 characters."),
        max_length=MAX_QUESTION_LENGTH,
        validators=[validate_visible, validate_no_address, validate_no_markup],
        widget=forms.Textarea({"rows": 4}),
        error_messages={
            "required": _("Write your question."),
            "max_length": _(
                "Please use at most %(limit_value)s characters: there are %(show_value)s now."
            ),
        },
    )
    name = CleanedField(
        label=_("Your name"),
        max_length=80,
        required=False,
        validators=[validate_visible, validate_no_address, validate_no_markup],
        widget=forms.TextInput({"autocomplete": "name"}),
    )

    def __init__(self, data: QueryDict | None = None, *, meeting: Meeting) -> None:
        super().__init__(data)
        if until := meeting.personal_kept_until:
            self.fields["name"].help_text = gettext(
                "If you give it, it may be read aloud too. We erase it on %(day)s at the latest."
            ) % {"day": date_words(until)}
        self.helper = FormHelper()
        self.helper.layout = Layout(
            "text",
            "name",
            Field("website", template="programme/_decoy.html"),
            "started",
            HTML("{% include 'programme/_question_send.html' %}"),
        )

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        self.refuse_machines()
        return data


class TakingForm(forms.Form):
    """Read the button that stops questions to a session, or takes them again."""

    STOP, START = "stop", "start"

    taking = forms.ChoiceField(choices=[(STOP, ""), (START, "")])


class MoveForm(forms.Form):
    """Read a button of the moderators' list: the question, the state seen, and the new state."""

    move = forms.CharField(max_length=60)

    def __init__(self, data: Mapping[str, object] | None = None, *, session: Session) -> None:
        super().__init__(data)
        self.session = session

    def clean_move(self) -> tuple[Question, str, str]:
        reference, seen, to = (self.cleaned_data["move"].split() + ["", "", ""])[:3]
        question = self.session.questions.listed().filter(reference=reference).first()
        moves = Question.MOVES.get(seen, ())
        is_hiding_all = to == HIDE_ALL and Question.State.HIDDEN in moves
        if question is None or not (to in moves or is_hiding_all):
            raise ValidationError(gettext("This question is not in this list."))
        return question, seen, to
