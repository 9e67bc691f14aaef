"""The list of the answers agrees with the columns and the forms that it speaks of."""

from registration.admin.desk import NewcomerForm
from registration.answers import EVERY_ANSWER, Answers, Use, answers_for
from registration.forms import SignUpForm
from registration.models import Registration

# The form asks for a promise, and names it so.
ASKED_AS = {"is_professional": "professional"}


def test_every_answer_is_a_column_and_a_field_of_the_form():
    columns = {field.name for field in Registration._meta.concrete_fields}
    asked = {ASKED_AS.get(name, name) for name in EVERY_ANSWER}

    assert set(EVERY_ANSWER) <= columns
    assert asked <= set(SignUpForm.base_fields)


def test_desk_asks_for_its_answers():
    assert set(answers_for(Use.DESK)) <= set(NewcomerForm.base_fields)


def test_health_data_are_only_erased():
    """Keep them from the browser and from staff without the permission."""
    needs = Answers.__dataclass_fields__["needs"]

    assert needs.metadata["uses"] == {Use.ERASED}
