"""Keep an upload while another field of its form is refused: browsers never send it again.

The file waits under a random name, and the page carries that name, signed. Files that nobody
fetched are deleted after a day.
"""

import secrets
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django import forms
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_noop

from eim.lib.uploads.storage import StorageAway, upload_storage

FOLDER = "kept"
# The end of the names of inputs that carry a token.
KEPT = "-kept"
KEPT_FOR = timedelta(days=1)
# Never change it: pages that are open carry names signed with it.
SALT = "eim.kept-uploads"
UNSTORABLE = gettext_noop(
    "The file could not be stored: the storage does not answer, or is full. What you typed is "
    "still here. Choose the file again in a few minutes, or save without it now."
)
OUT_OF_REACH = gettext_noop(
    "The file is kept, but cannot be read at present: save again in a few minutes."
)
# Whether forms refuse files, because the storage takes none (eim/back_office/storing.py).
refusing_files = ContextVar("refusing_files", default=False)


def keep(file: UploadedFile) -> str:
    """Store the file, and return the token by which `fetch` finds it."""
    file.seek(0)
    name = PurePath(str(file.name)).name
    return signing.dumps(
        upload_storage().save(f"{FOLDER}/{secrets.token_hex(16)}/{name}", file), salt=SALT
    )


def fetch(token: str) -> UploadedFile | None:
    """Return the file of a token; None if the token is none of ours, or the file is deleted.

    Raises StorageAway.
    """
    try:
        path = signing.loads(token, salt=SALT, max_age=KEPT_FOR)
        with upload_storage().open(path) as file:
            return SimpleUploadedFile(PurePath(path).name, file.read())
    except StorageAway:
        raise
    except (signing.BadSignature, OSError):
        return None


def discard_old_uploads(now: datetime) -> int:
    """Delete what nobody fetched within a day; return how many files that were."""
    storage = upload_storage()
    names = list(storage.names(FOLDER))
    old = [name for name in names if storage.get_modified_time(name) < now - KEPT_FOR]
    for name in old:
        storage.delete(name)
        # Object storage has no folders, and deletes nothing here.
        storage.delete(str(PurePath(name).parent))
    return len(old)


class KeepsUploads(forms.BaseForm):
    """A form whose uploads wait while it is corrected; its page carries `kept_inputs`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Fields whose kept file is there, but cannot be read at present.
        self.out_of_reach: set[str] = set()
        if self.is_bound:
            self.take_kept()

    def file_names(self) -> list[str]:
        fields = self.fields.items()
        return [name for name, field in fields if isinstance(field, forms.FileField)]

    def kept_name(self, name: str) -> str:
        return f"{self.add_prefix(name)}{KEPT}"

    def take_kept(self) -> None:
        for name in self.file_names():
            sent, token = self.add_prefix(name), self.data.get(self.kept_name(name), "")
            is_replaced = sent in self.files or self.data.get(f"{sent}-clear")
            if token and not is_replaced:
                self.take(name, token)

    def take(self, name: str, token: str) -> None:
        """Put the file that is kept for a field among those that were sent."""
        try:
            file = fetch(token)
        except StorageAway:
            self.out_of_reach.add(name)
            return
        if file:
            files: Any = self.files or MultiValueDict()
            self.files = files.copy()
            self.files[self.add_prefix(name)] = file

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        for name in self.file_names():
            if name in self.out_of_reach:
                self.add_error(name, gettext(OUT_OF_REACH))
            elif refusing_files.get() and self.add_prefix(name) in self.files:
                self.add_error(name, gettext(UNSTORABLE))

    def refused_files(self) -> set[str]:
        """Return the fields whose own file was refused, so that another one must be chosen."""
        return set(self.errors)

    def kept_inputs(self) -> SafeString:
        """Keep the uploads of fields that are not refused; return the inputs with their tokens."""
        tokens = {name: self.token_of(name) for name in self.file_names()}
        inputs = (
            format_html('<input type="hidden" name="{}" value="{}">', self.kept_name(name), token)
            for name, token in tokens.items()
            if token
        )
        return SafeString("".join(inputs))

    def token_of(self, name: str) -> str:
        """Return the token of a field's file, which is kept now if it was not; else nothing."""
        known: str = self.data.get(self.kept_name(name), "")
        file: Any = self.files.get(self.add_prefix(name))
        if name in self.out_of_reach or (known and refusing_files.get()):
            return known
        if file is None or name in self.refused_files():
            return ""
        try:
            token = known or keep(file)
            words = gettext("“%(name)s” is kept: it need not be chosen again.")
        except StorageAway:
            token, words = "", gettext("“%(name)s” could not be kept: choose it again.")
        self[name].help_text = format_html("<strong>{}</strong>", words % {"name": file.name})
        return token
