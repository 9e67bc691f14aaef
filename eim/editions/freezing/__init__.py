"""Freeze a meeting: copy the public site into a bag that opens from disk, and take things out."""

from eim.editions.freezing.refusals import CannotFreeze
from eim.editions.freezing.removing import remove
from eim.editions.freezing.writing import Frozen, freeze
