"""Check what organisers upload, and keep it in a folder or in object storage.

Migrations import the names from here.
"""

from eim.lib.uploads.checking import (
    PICTURE_TYPES,
    SHARE_SIZE,
    document_path,
    picture_path,
    reencoded,
    share_picture,
    share_picture_path,
    validate_document,
    validate_picture_size,
)
