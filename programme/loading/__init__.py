"""Load a meeting from a JSON file; docs/data-format.md describes the file."""

from programme.loading.contents import Contents, contents_of, read
from programme.loading.faults import Fault, FileRefused
from programme.loading.writing import Loaded, write
