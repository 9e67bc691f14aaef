"""Move sessions on a board of rooms and hours, and publish all moves together."""
