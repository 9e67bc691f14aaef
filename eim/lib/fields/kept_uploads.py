"""Keep an upload while another field of its form is refused: browsers never send it again.

The file waits under a random name, and the page carries that name, signed. Files that nobody
fetched are deleted after a day.
"""

import secrets
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from django import forms
from django.core import signing
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

FOLDER = "kept"
KEPT_FOR = timedelta(days=1)
# Never change it: pages that are open carry names signed with it.
SALT = "eim.kept-uploads"


def keep(file: UploadedFile) -> str:
    """Store the file, and return the token by which `fetch` finds it."""
    file.seek(0)
    name = PurePath(str(file.name)).name
    return signing.dumps(
        default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}/{name}", file), salt=SALT
    )


def fetch(token: str) -> UploadedFile | None:
    """Return the file of a token; None if the token is none of ours, or the file is deleted."""
    try:
        path = signing.loads(token, salt=SALT, max_age=KEPT_FOR)
        with default_storage.open(path) as file:
            return SimpleUploadedFile(PurePath(path).name, file.read())
    except (signing.BadSignature, OSError):
        return None


def discard_old_uploads(now: datetime) -> int:
    """Delete what nobody fetched within a day; return how many files that were."""
    if not default_storage.exists(FOLDER):
        return 0
    old = [
        path
        for folder in default_storage.listdir(FOLDER)[0]
        for path in paths_in(f"{FOLDER}/{folder}")
        if default_storage.get_modified_time(path) < now - KEPT_FOR
    ]
    for path in old:
        default_storage.delete(path)
        default_storage.delete(str(PurePath(path).parent))
    return len(old)


def paths_in(folder: str) -> list[str]:
    return [f"{folder}/{name}" for name in default_storage.listdir(folder)[1]]


class KeepsUploads(forms.BaseForm):
    """A form whose uploads wait while it is corrected; its page carries `kept_inputs`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            self.take_kept()

    def file_names(self) -> list[str]:
        fields = self.fields.items()
        return [name for name, field in fields if isinstance(field, forms.FileField)]

    def kept_name(self, name: str) -> str:
        return f"{self.add_prefix(name)}-kept"

    def take_kept(self) -> None:
        for name in self.file_names():
            sent, token = self.add_prefix(name), self.data.get(self.kept_name(name), "")
            is_replaced = sent in self.files or self.data.get(f"{sent}-clear")
            if token and not is_replaced and (file := fetch(token)):
                files: Any = self.files or MultiValueDict()
                self.files = files.copy()
                self.files[sent] = file

    def refused_files(self) -> set[str]:
        """Return the fields whose own file was refused, so that another one must be chosen."""
        return set(self.errors)

    def kept_inputs(self) -> SafeString:
        """Keep the uploads of fields that are not refused; return the inputs with their tokens."""
        inputs = []
        for name in self.file_names():
            file: Any = self.files.get(self.add_prefix(name))
            if file is None or name in self.refused_files():
                continue
            token = self.data.get(self.kept_name(name)) or keep(file)
            words = gettext("“%(name)s” is kept: it need not be chosen again.")
            self[name].help_text = format_html("<strong>{}</strong>", words % {"name": file.name})
            inputs.append(
                format_html(
                    '<input type="hidden" name="{}" value="{}">', self.kept_name(name), token
                )
            )
        return SafeString("".join(inputs))
