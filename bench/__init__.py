"""Measure the site's cost and the load that it takes, on real processes (`make bench`)."""

from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
