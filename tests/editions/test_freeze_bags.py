"""Bags that we write and read, judged by the Library of Congress’s own program."""

import pytest

from eim.editions import bags
from tests.editions.frozen_copies import judged_by_bagit

INFO = {"Bagging-Date": "2026-11-29", "EIM-Meeting-Number": "11", "EIM-Removed": "one\ntwo"}


@pytest.fixture
def bag(tmp_path):
    folder = tmp_path / "bag"
    for name in ("site/index.html", "site/línea\nnueva.txt"):
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    bags.seal(folder, INFO)
    return folder


def fault(bag):
    with pytest.raises(bags.NotABag) as refused:
        bags.check(bag)
    return str(refused.value).replace(f"{bag}/", "").replace(str(bag), "It")


def test_bag_is_one_for_bagit_too(bag):
    bags.check(bag)
    assert judged_by_bagit(bag)
    (bag / "data/site/index.html").write_text("other")
    assert not judged_by_bagit(bag)


def test_facts_of_a_bag_are_read_as_they_were_written(bag):
    assert bags.bag_info(bag) == INFO | {"Payload-Oxum": "36.2"}


def test_signs_of_a_name_that_end_lines_are_written_as_numbers(tmp_path):
    for name in ("100 %", "100%0A", "a\nb\rc"):
        (tmp_path / "data" / name).mkdir(parents=True)
        (tmp_path / "data" / name / "x.txt").write_text(name)
    bags.seal(tmp_path, INFO)

    bags.check(tmp_path)
    assert len((tmp_path / bags.SUMS).read_text().splitlines()) == 3


def test_first_fault_of_a_bag_is_named(bag):
    page = bag / "data/site/index.html"

    page.write_text("other")
    assert fault(bag) == "data/site/index.html is not as it was written: its sum differs."
    page.unlink()
    assert fault(bag) == "data/site/index.html is missing."
    bags.seal(bag, INFO)
    (bag / "data/more.txt").write_text("1")
    assert fault(bag).startswith("data/more.txt does not belong to the bag")
    (bag / "bag-info.txt").write_text("EIM-Meeting-Number: 12\n")
    assert fault(bag) == "bag-info.txt is not as it was written: its sum differs."
    (bag / "bag-info.txt").unlink()
    assert fault(bag) == "It is not a bag: it has no bag-info.txt to read."


def test_folder_that_is_no_bag_is_refused(tmp_path):
    with pytest.raises(bags.NotABag, match=r"it has no bagit\.txt to read"):
        bags.bag_info(tmp_path / "not there")


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "data/../../x", "~/x"])
def test_manifest_that_names_a_file_outside_is_refused(bag, name):
    (bag / "manifest-sha512.txt").write_text(f"{'0' * 128}  {name}\n")
    bags.write_sums(bag, bags.TAG_SUMS, ["bag-info.txt", "manifest-sha512.txt"])

    assert "has a line that names no file" in fault(bag)
