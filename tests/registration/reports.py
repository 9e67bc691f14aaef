"""Reports of e-mails that came back, as servers write them: see tests/data/README.md."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "data" / "bounces"
UNKNOWN_ID = f"<{'0' * 32}@museums.example>"
FULL_ID = f"<{'ab' * 16}@museums.example>"


def report(name, message_id):
    """Return a report about the e-mail with this Message-ID."""
    return (FOLDER / f"{name}.eml").read_bytes().replace(b"@@ID@@", message_id.encode())
