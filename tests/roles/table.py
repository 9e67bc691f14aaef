"""Who may open, and send to, each address of the back office: the letters of the roles.

What an address answers with 403 is refused; 405 is an address for the other method alone.
"""

LETTERS = {
    "C": "coordination",
    "P": "programme",
    "R": "registrations",
    "N": "needs",
    "S": "streams",
    "M": "moderation",
    "L": "letters",
    "D": "data",
    "T": "translation",
}
ANSWERS = {200, 302, 400, 403, 404, 405}

# By the name of an address: the roles that may read it, and those that may send to it.
ADDRESSES: dict[str, tuple[str, str]] = {}
