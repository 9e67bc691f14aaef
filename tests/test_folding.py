"""Clean what people type to store it, and fold it to compare it."""

import pytest
from django.core.exceptions import ValidationError

from eim.lib.fields.email_addresses import AddressField
from eim.lib.normalising import cleaned_lines, cleaned_text, email_key, fold, name_key

pytestmark = pytest.mark.usefixtures("in_english")

PLACES = ["{}", "a{}b", "か{}か", "a {}", "{}{}a"]
CHARACTERS = [
    *range(0x600),
    *range(0x1100, 0x1200),
    *range(0x1E00, 0x2200),
    *range(0xFE00, 0x10000),
]


@pytest.mark.parametrize(
    ("typed", "kept", "folded"),
    [
        ("Ana\u00a0 \u202fMaría\u2009", "Ana María", "ana maria"),
        ("Ana\tMaría\r\n", "Ana María", "ana maria"),
        ("Ana\u3164María\u2800", "Ana María", "ana maria"),
        ("\u202aAna\u202c \ufeffMa\u00adría\u200b", "Ana María", "ana maria"),
        ("Ana\u200d Mari\u0301a\u034f", "Ana María", "ana maria"),
        ("Ａｎａ Ｍaría", "Ana María", "ana maria"),
        ("Ana\u2011María", "Ana-María", "ana-maria"),
        ("Ana–María", "Ana–María", "ana-maria"),
        ("O´Higgins", "O´Higgins", "o'higgins"),
        ("O’HIGGINS", "O’HIGGINS", "o'higgins"),
        ("“La Casa”", "“La Casa”", '"la casa"'),
        ("Núñez Gonçalves", "Núñez Gonçalves", "nunez goncalves"),
        ("Łukasz Straße Jørgen", "Łukasz Straße Jørgen", "lukasz strasse jorgen"),
        ("Mª José, 1.ª ﬁla", "Mª José, 1.ª ﬁla", "ma jose, 1.a fila"),
        ("می\u200cخواهم", "می\u200cخواهم", "میخواهم"),
        ("❤\ufe0f", "❤\ufe0f", "❤"),
    ],
)
def test_text_is_kept_clean_and_compared_folded(typed, kept, folded):
    assert (cleaned_text(typed), fold(typed)) == (kept, folded)


def test_cleaning_and_folding_again_change_nothing():
    texts = [place.format(chr(n), chr(n)) for n in CHARACTERS for place in PLACES]

    differ = [
        text
        for text in texts
        for kept, folded in [(cleaned_text(text), fold(text))]
        if (cleaned_text(kept), fold(kept), fold(folded)) != (kept, folded, folded)
    ]
    assert differ == []


def test_letters_of_two_scripts_stay_different():
    assert name_key("Ана") != name_key("Aha")


def test_lines_stay_lines_and_blanks_inside_them_stay():
    typed = "\ufeffUno\u200b  dos\r\ntres\u2028cuatro\x0bcinco\r"

    assert cleaned_lines(typed) == "Uno  dos\ntres\ncuatro\ncinco"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana@Museo.example", "ana@museo.EXAMPLE"),
        ("ana@muséo.example", "ana@xn--muso-dpa.example"),
        ("ana@muse\u0301o.example", "ana@MUSÉO.example"),
        ("ａｎａ＠museo．example", "ana@museo.example"),
        ("ana@museo.example\u200b", "\u202aana@museo.example\u202c"),
    ],
)
def test_one_mailbox_has_one_key(one, other):
    assert email_key(one) == email_key(other)


def test_mailboxes_of_two_people_have_two_keys():
    addresses = ["ana@museo.example", "ana@muséo.example", "ana@strasse.de", "ana@straße.de"]

    assert len({email_key(address) for address in addresses}) == 4


@pytest.mark.parametrize(
    "typed",
    [
        "Ana Pérez <ana@museo.example>",
        "<ana@museo.example>;",
        "mailto:ana@museo.example",
        "MAILTO:ana@museo.example?subject=Hola",
        "“ana@museo.example”,",
        "(ana@museo.example)",
        "ana @museo. example",
        "\u202aana@museo.example\u202c",
        "ａｎａ＠museo.example",
        "ana@museo.example.",
    ],
)
def test_what_surely_does_not_belong_to_an_address_is_taken_off(typed):
    assert AddressField().clean(typed) == "ana@museo.example"


def test_typographic_signs_of_a_phone_become_those_of_the_keyboard():
    assert AddressField().clean("d’angelo—ba@museo.example") == "d'angelo-ba@museo.example"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (
            "josé@museo.example",
            "“é” cannot stand in an e-mail address. Did you mean jose@museo.example?",
        ),
        (
            "ana@museo,example",
            "“,” cannot stand in an e-mail address. Did you mean ana@museo.example?",
        ),
        ("ana@museo_x.example", "“_” cannot stand in an e-mail address."),
        ("ana@[127.0.0.1]", "“[” cannot stand in an e-mail address."),
        ("ana perez@museo.example", "An e-mail address has no blanks."),
        ("ana@museo.example; eva@museo.example", "Write a single address, with one @."),
    ],
)
def test_sign_that_cannot_stand_in_an_address_is_named(typed, sentence):
    with pytest.raises(ValidationError) as refusal:
        AddressField().clean(typed)

    assert refusal.value.messages == [sentence]


@pytest.mark.parametrize(
    "typed", ["ana", "ana@museo", "ana@localhost", "ana@127.0.0.1", "@museo.pe"]
)
def test_address_that_no_mail_server_of_the_world_knows_is_not_complete(typed):
    with pytest.raises(ValidationError, match="is not a complete address"):
        AddressField().clean(typed)
