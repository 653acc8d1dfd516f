"""Files that people attach, while they arrive: in memory alone, never in the clear on a disk, and no more than is allowed.

Django's own handlers write what is larger than 2.5 MB to a temporary file. This one takes the fields named `attachment` and
leaves all others to them. A file beyond the limit is read to its end and dropped, so that the other fields of the form arrive.
"""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers

FIELD = "attachment"


class AttachmentUploadHandler(FileUploadHandler):
    """Stands first among the handlers; see the module."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arrived = 0  # bytes of all attachments of the request together: one form brings one

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Take the file when it is an attachment, and let no other handler see it."""
        super().new_file(*args, **kwargs)
        self.taken = self.field_name == FIELD
        self.buffer = io.BytesIO()
        if self.taken:
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep a piece, up to the limit; of a file that is too long nothing is kept."""
        if not self.taken:
            return raw_data
        self.arrived += len(raw_data)
        if self.arrived <= settings.ATTACHMENT_BYTES:
            self.buffer.write(raw_data)
        elif self.buffer.tell():
            self.buffer = io.BytesIO()
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile | None:
        """The file; one that is too long has its true size and no content."""
        if not self.taken:
            return None
        self.buffer.seek(0)
        return InMemoryUploadedFile(
            self.buffer, self.field_name, self.file_name, self.content_type, file_size, self.charset, self.content_type_extra
        )
