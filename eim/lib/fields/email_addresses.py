"""Take an e-mail address out of what people paste, and say what is wrong with another."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import models
from django.utils.translation import gettext, ngettext

from eim.lib.normalising import cleaned_text, fold

# Of “Ana <ana@museo.example>” and “mailto:ana@museo.example?subject=…”.
IN_BRACKETS = re.compile(r"[^<>]*<([^<>]*)>[\s.,;]*")
LINK = re.compile(r"\s*mailto:\s*([^?]*)(?:\?.*)?", re.IGNORECASE)
# What stands around an address in a sentence or a list; none of it can begin or end one.
AROUND = " <>()[]{}\"'“”„«»‹›‘’,;:."
# Telephones put a blank after a full stop.
BLANKS = re.compile(r"\s*([@.])\s*")
# Phones and word processors make these of the signs on the keyboard.
TYPOGRAPHIC = str.maketrans(dict.fromkeys("’‘‛ʼ´", "'") | dict.fromkeys("‐‑‒–—―−", "-"))
ODD_IN_NAME = re.compile(r"[^A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]")
ODD_IN_DOMAIN = re.compile(r"[^\w.-]|_")

# Without the domains that Django accepts although no mail server of the world knows them.
validate_parts = EmailValidator(allowlist=[])


def cleaned_address(text: str) -> str:
    """Return the address alone, without what surely does not belong to it."""
    text = cleaned_text(text)
    if within := IN_BRACKETS.fullmatch(text):
        text = within[1]
    if link := LINK.fullmatch(text):
        text = link[1]
    return BLANKS.sub(r"\1", text.strip(AROUND).translate(TYPOGRAPHIC))


def validate_address(address: str) -> None:
    if address.count("@") > 1:
        raise ValidationError(gettext("Write a single address, with one @."), code="several")
    if odd := odd_signs(address):
        raise ValidationError(sentence_about(odd, address), code="signs")
    if not is_complete(address):
        raise ValidationError(
            gettext(
                "“%(value)s” is not a complete address: "
                "check that it has an @ and an ending like “.org”."
            ),
            code="invalid",
            params={"value": address},
        )


def odd_signs(address: str) -> list[str]:
    """Return the signs that cannot stand where they are, each once."""
    name, at, domain = address.partition("@")
    odd = [*ODD_IN_NAME.findall(name), *ODD_IN_DOMAIN.findall(domain)] if at else []
    return list(dict.fromkeys(odd))


def is_complete(address: str) -> bool:
    try:
        validate_parts(address)
    except ValidationError:
        return False
    # Nobody's mailbox has a number for its domain, as in 127.0.0.1.
    return not address.rpartition(".")[2].isdecimal()


def sentence_about(odd: list[str], address: str) -> str:
    if " " in odd:
        return gettext("An e-mail address has no blanks.")
    sentence = ngettext(
        "%(signs)s cannot stand in an e-mail address.",
        "%(signs)s cannot stand in an e-mail address.",
        len(odd),
    ) % {"signs": ", ".join(gettext("“%(sign)s”") % {"sign": sign} for sign in odd)}
    meant = likely_address(address)
    if odd_signs(meant) or not is_complete(meant):
        return sentence
    question = gettext("Did you mean %(meant)s?") % {"meant": meant}
    return f"{sentence} {question}"


def likely_address(address: str) -> str:
    """Return the address without accents before the @, and with full stops for commas."""
    name, _at, domain = address.partition("@")
    return f"{fold(name)}@{domain}".translate(str.maketrans(",;", ".."))


class AddressField(forms.EmailField):
    """Accept an address as people paste it."""

    default_validators = [validate_address]

    def to_python(self, value: Any) -> str:
        return cleaned_address(super().to_python(value) or "")


class AddressColumn(models.EmailField):
    """Store an address without what does not belong to it."""

    default_validators = [validate_address]

    def to_python(self, value: Any) -> Any:
        return cleaned_address(value) if isinstance(value, str) else value

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": AddressField, **kwargs})

    def deconstruct(self) -> Any:
        """Return the class of Django: the database knows no difference."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs
