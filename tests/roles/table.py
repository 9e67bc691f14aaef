"""Who may open, and send to, each address of the back office: the letters of the roles.

The list of an app of which somebody may see nothing is answered with 404; 405 is an address for the
other method alone.
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
REFUSED = {403, 404}
ANSWERS = {200, 302, 405, *REFUSED}

# By the name of an address: the roles that may read it, and those that may send to it.
ADDRESSES: dict[str, tuple[str, str]] = {}
