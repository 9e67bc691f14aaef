"""Typing errors in the domains of common mail providers."""

# Providers that are common in the region; then domains that are real, though one typing error
# away from a common one.
COMMON = (
    *("gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "live.com"),
    *("hotmail.es", "outlook.es", "yahoo.es", "yahoo.com.ar", "yahoo.com.br", "yahoo.com.mx"),
    *("uol.com.br", "terra.com.br", "bol.com.br", "sapo.pt"),
)
NEAR = ("mail.com", "email.com", "ymail.com", "gmx.com", "live.es", "live.cl", "yahoo.cl")


def meant_address(address: str) -> str:
    """Return the address that was probably meant; empty if the typed one looks right."""
    name, _at, domain = address.rpartition("@")
    domain = domain.lower()
    if domain in COMMON or domain in NEAR:
        return ""
    meant = next((common for common in COMMON if is_one_slip_from(domain, common)), "")
    return f"{name}@{meant}" if meant else ""


def is_one_slip_from(typed: str, word: str) -> bool:
    """Tell whether one letter was added, left out or replaced, or two were swapped."""
    start = 0
    while start < min(len(typed), len(word)) and typed[start] == word[start]:
        start += 1
    rest, meant = typed[start:], word[start:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return meant in (rest[1:], swapped) or rest == meant[1:] or rest[1:] == meant[1:]
