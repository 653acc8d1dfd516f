"""Static files: hashed and compressed by whitenoise; a missing file inside a vendor's style sheet is not our error."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PageAssets(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise ships no types
    """Manifest storage that does not fail on references to source maps and optional images of packages."""

    manifest_strict = False
