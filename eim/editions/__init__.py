"""Load, freeze and hand on the meetings of this site."""
