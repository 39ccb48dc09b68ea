"""Where the content of files stands: outside the web root, a folder per municipality, random names."""

from collections.abc import Iterator
from datetime import datetime
from secrets import token_hex
from typing import BinaryIO, cast

from django.core.files import File
from django.core.files.storage import default_storage

from tenants.context import SchemaKind, WrongScope, current_scope


def blob_write(content: "File[bytes]") -> str:
    """Keep the content under a new random name and return that name."""
    blob = token_hex(24)
    content.seek(0)
    default_storage.save(_path(blob), content)
    return blob


def blob_open(blob: str) -> BinaryIO:
    """Open the content of a file of this municipality; `FileNotFoundError` when it is gone."""
    return cast("BinaryIO", default_storage.open(_path(blob), "rb"))


def blob_delete(blob: str) -> None:
    """Remove the content; what is gone already stays gone."""
    default_storage.delete(_path(blob))


def blobs() -> Iterator[tuple[str, datetime]]:
    """Return the content that stands in the folder of this municipality, with the moment it was written."""
    folder = _folder()
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        yield name, default_storage.get_modified_time(f"{folder}/{name}")


def _path(blob: str) -> str:
    if not blob.isalnum():
        message = "A name of content has letters and digits only."
        raise ValueError(message)
    return f"{_folder()}/{blob}"


def _folder() -> str:
    # From the scope and never from a row: nobody can reach the folder of another municipality.
    scope = current_scope()
    if scope.kind is not SchemaKind.MUNICIPALITY:
        message = "Files belong to a municipality."
        raise WrongScope(message)
    return scope.schema
