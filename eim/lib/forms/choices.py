"""Give forms long lists of choices at no cost for each form."""

from collections.abc import Iterator

from django.utils.choices import BaseChoiceIterator, normalize_choices


class ReadyChoices(BaseChoiceIterator):
    """Hold choices that Django has normalised once, and need not again for each form."""

    def __init__(self, choices: list[tuple[object, object]]) -> None:
        self.choices = normalize_choices(choices)

    def __iter__(self) -> Iterator[tuple[object, object]]:
        return iter(self.choices)
