"""Uploads in object storage that speaks S3, which several machines share.

Visitors never meet it: `/media/` sends what is in it (eim/views/files.py).
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import Any
from urllib.parse import urljoin

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from eim.lib.databases.breaker import CircuitBreaker
from eim.lib.uploads.storage import Source, StorageAway, Upload, UploadStorage

# Seconds for a connection and for an answer, and tries. A command may take its time.
PATIENCE = {"connect_timeout": 1, "read_timeout": 3, "retries": {"total_max_attempts": 2}}
PATIENCE_OF_COMMANDS = {
    "connect_timeout": 10,
    "read_timeout": 60,
    "retries": {"total_max_attempts": 5},
}
# Seconds for which a storage that did not answer is not asked.
LEFT_ALONE = 5.0
# Bytes of a file that are kept in memory; the rest goes to a temporary file.
IN_MEMORY = 1024 * 1024
# Bytes that S3 takes for a name.
LONGEST_NAME = 1024

logger = logging.getLogger(__name__)


class ObjectStorage(UploadStorage, S3Storage):
    """Keep uploads in a bucket, below a prefix."""

    def __init__(self, *, is_patient: bool = False, **options: Any) -> None:
        config: Any = Config(
            **(PATIENCE_OF_COMMANDS if is_patient else PATIENCE),
            # The bucket is in the path: other servers than Amazon's have one host name. They may
            # not know Amazon's newest sums either.
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        transfer = TransferConfig(use_threads=False)
        options |= {"client_config": config, "transfer_config": transfer, "file_overwrite": False}
        super().__init__(**options)
        self.breaker = CircuitBreaker(between_tries=LEFT_ALONE)
        self.lock = Lock()
        self.shared: Any = None

    @property
    def connection(self) -> Any:
        """Return the one connection of the process: its client serves all threads."""
        with self.lock:
            self.shared = self.shared or super().connection
            return self.shared

    @property
    def client(self) -> Any:
        return self.connection.meta.client

    def where(self, name: str) -> dict[str, str]:
        """Return bucket and key of a name, or raise FileNotFoundError for an impossible one."""
        key = self._normalize_name(clean_name(name))
        if len(key.encode(errors="replace")) > LONGEST_NAME or not key.isprintable():
            raise FileNotFoundError(name)
        return {"Bucket": self.bucket_name, "Key": key}

    @contextmanager
    def asking(self, name: str) -> Iterator[None]:
        """Turn all that goes wrong into an OSError; ask nothing if a try has just failed."""
        # First: an impossible name must not use up the one try.
        self.where(name)
        if not self.breaker.allows_try():
            raise StorageAway("The object storage did not answer a moment ago.")
        try:
            yield
        except ClientError as refusal:
            raise self.refused(name, refusal) from refusal
        except (BotoCoreError, Boto3Error) as fault:
            self.breaker.fail()
            raise unreachable(fault) from fault
        else:
            self.breaker.succeed()

    def refused(self, name: str, refusal: ClientError) -> OSError:
        """Return the error for an answer that says no; one below 500 shows that it is there."""
        status = refusal.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        if status >= 500:
            self.breaker.fail()
            return unreachable(refusal)
        self.breaker.succeed()
        is_bucket = refusal.response.get("Error", {}).get("Code") == "NoSuchBucket"
        if status == 404 and not is_bucket:
            return FileNotFoundError(name)
        return unreachable(refusal)

    def is_reachable(self) -> bool:
        try:
            with self.asking(""):
                self.client.list_objects_v2(Bucket=self.bucket_name, MaxKeys=1)
        except OSError:
            return False
        return True

    # Reading

    def url(self, name: str | None, *_args: Any, **_kwargs: Any) -> str:
        """Return an address of the site: browsers know no other."""
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name or "").lstrip("/"))

    def find(self, name: str) -> Upload:
        with self.asking(name):
            facts = self.client.head_object(**self.where(name))
        return Upload(
            name=name,
            size=facts["ContentLength"],
            modified_at=facts["LastModified"],
            etag=facts["ETag"],
        )

    def source_of(self, upload: Upload, start: int, length: int) -> Source:
        if not length:
            return BytesIO()
        with self.asking(upload.name):
            answer = self.client.get_object(
                **self.where(upload.name),
                Range=f"bytes={start}-{start + length - 1}",
                IfMatch=upload.etag,
            )
        body: Source = answer["Body"]
        return body

    def _open(self, name: str, mode: str = "rb") -> File:
        """Return a copy of the file: in memory, or in a temporary file if it is large."""
        copy = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the File closes it
        try:
            with self.asking(name):
                copyfileobj(self.client.get_object(**self.where(name))["Body"], copy)
        except BaseException:
            copy.close()
            raise
        copy.seek(0)
        return File(copy, name)

    def names(self, folder: str = "") -> Iterator[str]:
        prefix = self.where(f"{folder}/")["Key"] if folder else self._normalize_name("")
        start = f"{prefix.strip('/')}/".lstrip("/")
        above = f"{self.location.strip('/')}/".lstrip("/")
        pages = self.client.get_paginator("list_objects_v2")
        with self.asking(folder):
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=start):
                keys = [entry["Key"] for entry in page.get("Contents", ())]
                # Consoles mark a folder by an empty object.
                yield from (key.removeprefix(above) for key in keys if not key.endswith("/"))

    def exists(self, name: str) -> bool:
        try:
            self.find(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return self.find(name).size

    def get_modified_time(self, name: str) -> datetime:
        return self.find(name).modified_at

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        with self.asking(path):
            return super().listdir(path)

    # Writing

    def _save(self, name: str, content: Any) -> str:
        with self.asking(name):
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        with self.asking(name):
            super().delete(name)

    def move(self, name: str, target: str) -> None:
        with self.asking(name):
            self.client.copy_object(**self.where(target), CopySource=self.where(name))
        self.delete(name)

    def discard(self, folder: str) -> None:
        for name in list(self.names(folder)):
            self.delete(name)


def unreachable(fault: Exception) -> StorageAway:
    logger.warning("The object storage cannot be used: %s: %s", type(fault).__name__, fault)
    return StorageAway(f"The object storage cannot be used: {fault}")
