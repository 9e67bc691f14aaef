"""An address whose domain looks like a slip: asked about once, never refused."""

import pytest

from registration.forms.slips import meant_address


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rosa@gmial.com", "rosa@gmail.com"),
        ("rosa@gmai.com", "rosa@gmail.com"),
        ("rosa@gmaill.com", "rosa@gmail.com"),
        ("rosa@gmail.con", "rosa@gmail.com"),
        ("rosa@gmail.co", "rosa@gmail.com"),
        ("Rosa.Q@GMAIL.CM", "Rosa.Q@gmail.com"),
        ("rosa@hotmal.com", "rosa@hotmail.com"),
        ("rosa@outlok.com", "rosa@outlook.com"),
        ("rosa@yahoo.com.rb", "rosa@yahoo.com.br"),
        ("rosa@gmail.com", ""),
        ("rosa@mail.com", ""),
        ("rosa@Ymail.com", ""),
        ("rosa@outlook.pt", ""),
        ("rosa@yahoo.com.pe", ""),
        ("rosa@museo.example", ""),
        ("rosa", ""),
        ("", ""),
    ],
)
def test_slip_in_a_common_domain_is_one_letter(typed, meant):
    assert meant_address(typed) == meant
