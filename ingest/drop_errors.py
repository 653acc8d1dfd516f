"""Why a whole drop is refused: one class per reason, in words for the operator. Part of `ingest.drops`, which passes them on."""

from __future__ import annotations


class DropRefused(Exception):
    """The whole drop is refused. `what` and `remedy` are shown to the operator; `code` is stable for tests and logs."""

    code = "refused"
    remedy = "Ask the source system to send the drop again."

    def __init__(self, what: str, *, remedy: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        if remedy is not None:
            self.remedy = remedy


class ManifestUnreadable(DropRefused):
    """The manifest is missing, too large, not JSON, or does not say what it must."""

    code = "manifest_unreadable"
    remedy = "Send a manifest with every field that the page on extracts lists."


class DataFileMissing(DropRefused):
    """There is a manifest, but no data file beside it."""

    code = "data_file_missing"
    remedy = "Put the .csv.gz file beside its manifest under the same name, then receive the folder again."


class WrongHash(DropRefused):
    """The data file is not the file that the manifest describes."""

    code = "wrong_hash"
    remedy = "Copy both files again from the source. If the hash is still wrong, ask for a new drop."


class TruncatedFile(DropRefused):
    """The compressed file ends before its end mark, or is damaged."""

    code = "truncated"
    remedy = "The transfer was probably cut off. Copy the file again from the source."


class NotUtf8(DropRefused):
    """The text is not UTF-8."""

    code = "not_utf8"
    remedy = "Ask the source system to write the file in UTF-8."


class WrongHeader(DropRefused):
    """The first line does not name the columns of the layout, in its order."""

    code = "wrong_header"
    remedy = "Send the columns of the layout version that the manifest names, in the order of the page on extracts."


class WrongRowCount(DropRefused):
    """The file holds another number of rows than the manifest says."""

    code = "wrong_row_count"
    remedy = "Rows were lost or added on the way. Ask for a new drop; do not edit the count."


class TooLarge(DropRefused):
    """The file unpacks to far more than a real extract would."""

    code = "too_large"
    remedy = "This looks like a damaged or hostile file. Do not unpack it by hand; report it to the operator on call."


class UnknownLayout(DropRefused):
    """No source of this system publishes the layout that the manifest names."""

    code = "unknown_layout"
    remedy = "Check source and layout in the manifest against the page on extracts."
