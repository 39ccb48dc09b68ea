"""Stops an upload that is too large while it comes in, before it fills the disk (setting FILE_UPLOAD_HANDLERS)."""

from typing import Any, Final

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

# More than any municipality may allow; the form says the real limit.
LARGEST: Final = 26 * 1024 * 1024


class LimitHandler(FileUploadHandler):
    """Counts what comes in for one request; stands before the handlers that keep it."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Pass on, until it is too much."""
        del start
        self.received += len(raw_data)
        if self.received > LARGEST:
            if self.request is not None:
                self.request.upload_too_large = True  # type: ignore[attr-defined]
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> Any:
        """Leave the file to the next handler."""
        del file_size
