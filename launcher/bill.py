"""The bill of materials: every package that the product runs on, from the two lock files, as CycloneDX."""

import json
import re
from pathlib import Path
from typing import Any

from launcher.places import ROOT


def bill_of_materials(root: Path = ROOT) -> dict[str, Any]:
    """Return a CycloneDX 1.6 document; scanners of known weaknesses take it as it is."""
    components = [*_python(root / "requirements" / "base.txt"), *_assets(root / "package-lock.json")]
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "components": components}


def _python(lock: Path) -> list[dict[str, Any]]:
    found = re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return [_component("pypi", name.lower(), version) for name, version in found]


def _assets(lock: Path) -> list[dict[str, Any]]:
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return [_component("npm", path.removeprefix("node_modules/"), entry["version"]) for path, entry in packages.items() if path]


def _component(kind: str, name: str, version: str) -> dict[str, Any]:
    return {"type": "library", "name": name, "version": version, "purl": f"pkg:{kind}/{name.replace('@', '%40')}@{version}"}
