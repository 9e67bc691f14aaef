"""A picture of a quota beside its figures: confirmed, held, free, and the waiting list."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from eim.lib import weave
from registration.models import Quota

PITCH, STROKE_PITCH, GAP = 12, 6, 12
MOST_STROKES = 20


def quota_bar(quota: Quota) -> SafeString:
    """Draw confirmed places as full cells, held ones as half cells, people who wait as strokes.

    `quota` comes from `with_figures()`.
    """
    held, waiting = vars(quota)["held"], vars(quota)["waiting"]
    cells = weave.seat_cells(quota.taken, quota.size)
    full = sum(cells)
    strokes = min(waiting, MOST_STROKES)
    width = len(cells) * PITCH + (GAP + strokes * STROKE_PITCH if strokes else 0)
    return format_html(
        '<span class="theme-{}"><svg class="meter" viewBox="0 0 {} 12" width="{}" height="12"'
        ' aria-hidden="true"><path d="{}"/></svg></span>',
        colour_of(quota),
        width,
        width,
        cells_path(len(cells), full, held_cells(held, quota.taken, full))
        + waiting_path(len(cells), strokes),
    )


def held_cells(held: int, taken: int, full: int) -> int:
    """Return how many of the `full` cells show held places: 0 or all only if that is exact."""
    if held in (0, taken):
        return full if held else 0
    return min(max(held * full // taken, 1), full - 1) if full > 1 else 0


def cells_path(cells: int, full: int, halves: int) -> str:
    holes = [""] * (full - halves) + ["m2 2v4h6v-4z"] * halves
    holes += ["m2 2v8h6v-8z"] * (cells - full)
    return "".join(f"M{n * PITCH} 0h10v12h-10z{hole}" for n, hole in enumerate(holes))


def waiting_path(cells: int, count: int) -> str:
    start = cells * PITCH + GAP
    return "".join(f"M{start + n * STROKE_PITCH} 0h3v12h-3z" for n in range(count))


def colour_of(quota: Quota) -> str:
    theme = quota.session.theme if quota.session else None
    return theme.colour if theme else weave.PLAIN_COLOUR
