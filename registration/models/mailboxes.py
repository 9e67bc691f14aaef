"""The number of people who may share a mailbox: small museums have one address for everybody."""

# A check constraint of `Registration` holds the slots 1 to MAILBOX_SIZE: another size needs a
# migration.
MAILBOX_SIZE = 5
