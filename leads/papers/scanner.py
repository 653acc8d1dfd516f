"""The scanner of attached files: a command that the place names, such as `clamdscan --no-summary -`.

It gets the file on its standard input and says by its exit status whether the file may be kept (0). Whatever else happens
refuses the file: another status, no answer in time, a command that is named but not there. Where none is named
none is asked, and the list of files says so. Source: NIST SP 800-53 SI-3 (FedRAMP r5 moderate).
"""

from __future__ import annotations

import subprocess
from enum import StrEnum

from django.conf import settings


class Verdict(StrEnum):
    """What the scanner says of a file."""

    CLEAN = "clean"
    NOT_ASKED = "not_asked"  # no scanner is named
    REFUSED = "refused"
    NO_ANSWER = "no_answer"


FOUND_SOMETHING = 1  # clamscan and clamdscan; 2 and above are errors of their own


def scan(content: bytes) -> Verdict:
    """Ask the scanner of this place about a file's content."""
    command: list[str] = settings.ATTACHMENT_SCANNER
    if not command:
        return Verdict.NOT_ASKED
    try:
        done = subprocess.run(  # noqa: S603  # the place's own command, without a shell
            command, input=content, capture_output=True, timeout=settings.ATTACHMENT_SCANNER_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return Verdict.NO_ANSWER
    if done.returncode == 0:
        return Verdict.CLEAN
    return Verdict.REFUSED if done.returncode == FOUND_SOMETHING else Verdict.NO_ANSWER
