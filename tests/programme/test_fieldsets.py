"""The forms of the back office: languages side by side, and groups without contents folded."""

import pytest
from django.urls import reverse

from programme.admin.fieldsets import without
from programme.admin.languages import side_by_side
from programme.models import Meeting
from tests import factories
from tests.reading import read, words

pytestmark = pytest.mark.usefixtures("office_in_english")


def folded(page):
    return words(page.xpath("//fieldset//details/summary/h2"))


def row_of(page, name):
    """Return the names of the fields in the same row as one of them."""
    (row,) = page.xpath(f"//*[@name='{name}']/ancestor::div[contains(@class, 'form-row')]")
    return row.xpath(".//*[self::input or self::textarea]/@name")


def test_languages_of_a_text_stand_in_one_row_the_first_one_before(staff_client, meeting):
    Meeting.objects.update(first_language="pt")

    page = read(staff_client, reverse("admin:programme_session_add"))

    assert row_of(page, "title_es") == ["title_pt", "title_es", "title_en"]
    assert row_of(page, "abstract_en") == ["abstract_pt", "abstract_es", "abstract_en"]


def test_groups_of_a_new_session_that_few_need_are_folded(staff_client, meeting):
    page = read(staff_client, reverse("admin:programme_session_add"))

    assert [title for title in folded(page) if title != "Presentations"] == [
        "Outside the venue",
        "Search words",
        "Afterwards",
    ]


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        ({"venue_name": "Museu do Tejo"}, "Outside the venue"),
        ({"recording_captions": ["es"]}, "Afterwards"),
    ],
)
def test_group_with_something_in_it_is_open(staff_client, meeting, facts, title):
    session = factories.session(**facts)

    page = read(staff_client, reverse("admin:programme_session_change", args=[session.pk]))

    assert title not in folded(page)
    assert title in words(page.xpath("//fieldset/h2"))


def test_pictures_of_a_meeting_without_them_are_folded(staff_client, meeting):
    page = read(staff_client, reverse("admin:programme_meeting_change", args=[1]))

    assert "Pictures" in folded(page)
    assert "When" not in folded(page)


def test_columns_of_one_text_are_a_row_and_other_fields_stay_alone():
    fields = ["code", "title_es", "title_pt", ("day", "room"), "order"]

    assert side_by_side(fields) == ["code", ("title_es", "title_pt"), ("day", "room"), "order"]


def test_fields_are_left_out_of_rows_too():
    fieldsets = [("A", {"fields": ["one", ("two", "three"), ("four",)], "classes": ["wide"]})]

    assert without(fieldsets, ["one", "three", "four"]) == [
        ("A", {"fields": [("two",)], "classes": ["wide"]})
    ]
