"""Count whom a letter would reach now, by language, and what it still lacks for them."""

from dataclasses import dataclass
from functools import cached_property

from eim.lib.languages import language_name
from eim.lib.translated.first_language import languages_in_order
from registration.letters.segments import Recipients, count_by_language, recipients_of, sentence
from registration.models import Letter


@dataclass(frozen=True, kw_only=True)
class LanguageReach:
    """The recipients with one language, and whether the letter is written in it."""

    code: str
    count: int
    is_written: bool

    @property
    def name(self) -> str:
        return language_name(self.code)

    @property
    def is_missing(self) -> bool:
        return bool(self.count) and not self.is_written


@dataclass(frozen=True)
class Reach:
    letter: Letter

    @cached_property
    def rows(self) -> Recipients:
        return recipients_of(self.letter)

    @cached_property
    def languages(self) -> list[LanguageReach]:
        """Return every language of the site, the meeting's first one before the others."""
        counts = count_by_language(self.letter, self.rows)
        written = self.letter.written_languages
        return [
            LanguageReach(code=code, count=counts.get(code, 0), is_written=code in written)
            for code in languages_in_order()
        ]

    @property
    def count(self) -> int:
        return sum(language.count for language in self.languages)

    @property
    def missing(self) -> list[LanguageReach]:
        return [language for language in self.languages if language.is_missing]

    @property
    def is_ready(self) -> bool:
        """Return whether somebody would get it, and everybody in their language."""
        return self.count > 0 and not self.missing

    @cached_property
    def sentence(self) -> str:
        return sentence(self.letter.audience, self.letter.segment, self.count)
