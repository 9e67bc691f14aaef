"""Addresses with a slip of the finger in a domain where many people have their mail."""

# Those of the region, and what is near one of them and exists.
COMMON = (
    *("gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "live.com"),
    *("hotmail.es", "outlook.es", "yahoo.es", "yahoo.com.ar", "yahoo.com.br", "yahoo.com.mx"),
    *("uol.com.br", "terra.com.br", "bol.com.br", "sapo.pt"),
)
NEAR = ("mail.com", "email.com", "ymail.com", "gmx.com", "live.es", "live.cl", "yahoo.cl")


def meant_address(address: str) -> str:
    """What was probably meant; empty if nothing speaks against the address as it is."""
    name, _at, domain = address.rpartition("@")
    domain = domain.lower()
    if domain in COMMON or domain in NEAR:
        return ""
    meant = next((common for common in COMMON if is_one_slip_from(domain, common)), "")
    return f"{name}@{meant}" if meant else ""


def is_one_slip_from(typed: str, word: str) -> bool:
    """One letter too many, too few, another, or two of them in the wrong order."""
    start = 0
    while start < min(len(typed), len(word)) and typed[start] == word[start]:
        start += 1
    rest, meant = typed[start:], word[start:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return meant in (rest[1:], swapped) or rest == meant[1:] or rest[1:] == meant[1:]
