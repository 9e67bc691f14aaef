from modeltranslation.translator import TranslationOptions, register

from programme.models import (
    Document,
    Edition,
    Meeting,
    Notice,
    Organisation,
    Page,
    Person,
    Presentation,
    Room,
    Session,
    Theme,
)


@register(Meeting)
class MeetingTranslation(TranslationOptions):
    fields = (
        "name",
        "edition_label",
        "theme_line",
        "summary",
        "about",
        "audience",
        "city",
        "directions",
        "access",
        "access_enforcement",
        "standing_reason",
        "streaming_note",
        "privacy_notice",
    )


@register(Theme)
class ThemeTranslation(TranslationOptions):
    fields = ("name", "description")


@register(Room)
class RoomTranslation(TranslationOptions):
    fields = ("name",)


@register(Session)
class SessionTranslation(TranslationOptions):
    fields = ("title", "abstract", "cancellation_reason")


@register(Presentation)
class PresentationTranslation(TranslationOptions):
    fields = ("title", "summary", "picture_alt")


@register(Person)
class PersonTranslation(TranslationOptions):
    fields = ("position", "biography")


@register(Organisation)
class OrganisationTranslation(TranslationOptions):
    fields = ("logo_alt",)


@register(Notice)
class NoticeTranslation(TranslationOptions):
    fields = ("text",)


@register(Document)
class DocumentTranslation(TranslationOptions):
    fields = ("title", "summary")


@register(Edition)
class EditionTranslation(TranslationOptions):
    fields = ("place", "theme_line", "result_title", "picture_alt")


@register(Page)
class PageTranslation(TranslationOptions):
    fields = ("title", "text")
