"""Mailboxes: how many people may share one, and which addresses lead to the same one."""

from eim.lib.hashing import keyed_hash, keyed_hashes
from eim.lib.normalising import email_key

# Small museums have one address for everybody. A check constraint of `Registration` holds the slots
# 1 to MAILBOX_SIZE: another size needs a migration.
MAILBOX_SIZE = 5
GMAIL = ("gmail.com", "googlemail.com")


def mailbox_of(address: str) -> str:
    """Return one address for all that surely reach the same mailbox, for counting mails.

    It may be one that nobody has: never write to it, and never take two people for one by it.
    """
    name, _at, domain = email_key(address).rstrip(".").rpartition("@")
    # Nearly every provider delivers name+anything to name.
    name = name.partition("+")[0] or name
    if domain in GMAIL:
        # Google says of itself that dots do not matter, and that both domains are one.
        name, domain = name.replace(".", ""), GMAIL[0]
    return f"{name}@{domain}"


def mailbox_hashes(address: str) -> list[str]:
    """Return the hashes under which a folded address may be suppressed, and its mailbox."""
    addresses = (address, mailbox_of(address))
    return [known for address in addresses for known in keyed_hashes("mailbox", address)]


def mailbox_hash(address: str) -> str:
    return keyed_hash("mailbox", address)
