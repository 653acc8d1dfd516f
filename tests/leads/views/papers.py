"""Files as people attach them."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nquokkaburrow\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1" + b"\0" * 40


def sent(content: bytes = PDF, name: str = "letter of the school.pdf", **more: str) -> dict[str, Any]:
    return {"attachment": SimpleUploadedFile(name, content), "about": "Withdrawal letter", "audience": "hq", **more}
