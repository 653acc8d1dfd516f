"""Files that people attach, while they arrive: in memory alone, never in the clear on a disk, and no more than is allowed.

Django's own handlers write what is larger than 2.5 MB to a temporary file. This one takes the fields named `attachment` and
leaves all others to them. A file beyond the limit is read to its end and dropped, so that the other fields of the form arrive.
But a form that says it is far larger than any that is meant is not read at all: `UPLOAD_BYTES`, and at the addresses of
`LARGE_UPLOADS` more, for whoever is signed in.
"""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers
from django.http import HttpRequest
from django.urls import Resolver404, resolve

FIELD = "attachment"


class AttachmentUploadHandler(FileUploadHandler):
    """Stands first among the handlers; see the module."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arrived = 0  # bytes of all attachments of the request together: one form brings one

    def handle_raw_input(self, input_data: Any, META: dict[str, Any], content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N803
        """Refuse the form by its announced length in bytes, before any of it is read. Raises `RequestDataTooBig`."""
        if content_length > _most_bytes(self.request):
            raise RequestDataTooBig("The form is larger than its address takes.")

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


def _most_bytes(request: HttpRequest | None) -> int:
    """How long a form may be; whoever is not signed in sends none of the long ones."""
    most: int = settings.UPLOAD_BYTES
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return most
    try:
        name = resolve(request.path_info).view_name
    except Resolver404:
        return most
    longer: int = settings.LARGE_UPLOADS.get(name, most)
    return longer
