"""Mails without content: a sentence, and the address of a page behind the sign-in."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail


def send_link(address: str, *, subject: str, text: str, path: str) -> None:
    """Send `text` with the page at `path` to `address`; nothing where a person has none.

    Raises `SMTPException` or `OSError`, whose texts name addresses: log their kind only.
    """
    if address:
        send_mail(subject, f"{text}\n\n{settings.BASE_URL}{path}\n", settings.DEFAULT_FROM_EMAIL, [address])
