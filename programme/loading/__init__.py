"""Reads a meeting's file of data and writes what differs; docs/data-format.md is its contract."""

from programme.loading.contents import Contents, contents_of, read
from programme.loading.faults import Fault, FileRefused
from programme.loading.writing import Loaded, write
