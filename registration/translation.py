"""The fields that organisers write in every language."""

from modeltranslation.translator import TranslationOptions, register

from registration.models import Letter, Quota, Reminder


@register(Quota)
class QuotaTranslation(TranslationOptions):
    fields = ("name",)


@register(Reminder)
class ReminderTranslation(TranslationOptions):
    fields = ("words",)


@register(Letter)
class LetterTranslation(TranslationOptions):
    fields = ("subject", "text")
