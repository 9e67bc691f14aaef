"""What the site costs, and what it withstands: measured on real processes by `make bench`."""

from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
