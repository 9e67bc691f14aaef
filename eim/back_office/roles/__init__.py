"""Ready roles: groups of permissions, each with one sentence of what a colleague may do."""

from eim.back_office.roles.groups import (
    held_by,
    is_ready,
    offered_to,
    sentence_of,
    words_of,
)
from eim.back_office.roles.table import ROLES, Role, role_of_code

__all__ = [
    "ROLES",
    "Role",
    "held_by",
    "is_ready",
    "offered_to",
    "role_of_code",
    "sentence_of",
    "words_of",
]
