"""As in production: HTTPS, cookies, deployment checks, logs, dependencies, cryptography. In a process of its own where settings differ."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks.registry import registry

from access.models import RoleRecord
from access.permissions import Permission
from access.roles import ROLES
from leadtrac.checks import connections_are_encrypted, unencrypted

ROOT = Path(__file__).resolve().parents[2]
APPS = ("access", "audit", "foundation", "ingest", "leads", "leadtrac", "organizations", "oversight", "retention", "subjects", "verifier")
HTTPS = {"LEADTRAC_BASE_URL": "https://leadtrac.example", "LEADTRAC_ALLOWED_HOSTS": "leadtrac.example"}


def in_production(words: str, **variables: str) -> str:
    """What a program prints that runs with production's settings."""
    done = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{words}"],
        cwd=ROOT,
        env={**os.environ, **HTTPS, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


ASK = """
import json
from django.test import Client
from django.urls import reverse
plain = Client().get("/notice/", HTTP_HOST="leadtrac.example")
page = Client().get("/notice/", HTTP_HOST="leadtrac.example", secure=True)
kept = ("secure", "httponly", "samesite", "path", "domain")
cookies = {name: {key: morsel[key] for key in kept} for name, morsel in page.cookies.items()}
from django.conf import settings
names = [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.DEVICE_COOKIE_NAME]
flags = [settings.SESSION_COOKIE_SECURE, settings.SESSION_COOKIE_HTTPONLY, settings.CSRF_COOKIE_SECURE, settings.CSRF_COOKIE_HTTPONLY]
print(json.dumps({"plain": [plain.status_code, plain.headers.get("Location")], "headers": dict(page.headers), "cookies": cookies,
                  "names": names, "flags": flags, "samesite": [settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE]}))
"""


@pytest.fixture(scope="module")
def answer(page_assets: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(in_production(ASK))
    return found


@pytest.mark.check(51)
def test_https_is_kept_for_a_year_and_http_is_redirected(answer: dict[str, Any]) -> None:
    policy = answer["headers"]["Strict-Transport-Security"]

    assert int(re.findall(r"max-age=(\d+)", policy)[0]) >= 31_536_000
    assert "includeSubDomains" in policy
    assert answer["plain"] == [301, "https://leadtrac.example/notice/"]


@pytest.mark.check(52)
def test_cookies_are_for_this_host_over_https_and_not_for_scripts(answer: dict[str, Any]) -> None:
    assert all(name.startswith("__Host-") for name in answer["names"])
    assert all(answer["flags"])
    assert set(answer["samesite"]) <= {"Lax", "Strict"}
    for cookie in answer["cookies"].values():
        assert cookie["secure"]
        assert cookie["path"] == "/"
        assert cookie["domain"] == ""


@pytest.mark.check(63)
def test_the_deployment_check_has_no_warning() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={name: value for name, value in {**os.environ, **HTTPS}.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"},  # of browser tests
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert in_production("from django.conf import settings; print(settings.DEBUG)").strip() == "False"


@pytest.mark.check(56)
@pytest.mark.parametrize(
    ("database", "redis", "wrong"),
    [
        ("postgresql://a:b@db.example/leadtrac?sslmode=verify-full", "rediss://cache.example/0", 0),
        ("postgresql://a:b@db.example/leadtrac?sslmode=require", "rediss://cache.example/0", 1),
        ("postgresql://a:b@db.example/leadtrac", "redis://cache.example/0", 2),
        ("postgresql://a:b@db.example/leadtrac?sslmode=verify-full", "rediss://cache.example/0?ssl_cert_reqs=none", 1),
        ("postgresql://a:b@127.0.0.1/leadtrac", "redis://localhost:6379/0", 0),
        ("postgresql://a:b@/leadtrac?host=/run/postgresql", "redis://[::1]/0", 0),
        ("", "rediss://cache.example/0", 0),
    ],
)
def test_a_server_on_another_machine_needs_verified_tls(database: str, redis: str, wrong: int) -> None:
    assert len(unencrypted({"DATABASE_URL": database}, redis)) == wrong
    assert connections_are_encrypted in registry.get_checks(include_deployment_checks=True)


@pytest.mark.check(56)
def test_the_owner_who_dumps_everything_needs_it_like_the_application(settings: Any) -> None:
    settings.DATABASE_OWNER_URL = "postgresql://a:b@db.example/leadtrac"
    settings.DATABASE_MAINTAIN_URL = "postgresql://a:b@db.example/leadtrac?sslmode=verify-full"

    assert [error.msg.rpartition(" ")[2] for error in connections_are_encrypted(None)] == ["DATABASE_OWNER_URL."]


WEAK = {"md4", "md5", "sha1", "sha-1", "ripemd160", "des", "tripledes", "arc4", "blowfish", "ecb", "pkcs1v15"}


@pytest.mark.check(57)
def test_no_weak_hash_and_no_guessable_random_number_protects_anything() -> None:
    """No weak hash or cipher, however it is named; `random` only where a simulated world is drawn (seeded, and never a secret)."""
    weak, guessable = [], []
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                named = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
                module = getattr(node, "module", None) or ""
                said = {node.attr} if isinstance(node, ast.Attribute) else set(named)
                said |= {str(node.value)} if isinstance(node, ast.Constant) else set()  # hashlib.new("md5")
                if {word.lower() for word in said} & WEAK:
                    weak.append(f"{path}:{getattr(node, 'lineno', 0)}")
                if "random" in named or module == "random":
                    guessable.append(str(path.relative_to(ROOT)))
    assert weak == []
    drawing = ("ingest/simulator/", "leadtrac/demo/", "leadtrac/bench/", "leadtrac/management/commands/", "leads/services/quality")
    assert [path for path in guessable if not path.startswith(drawing)] == []


@pytest.mark.check(35)
@pytest.mark.django_db
def test_roles_and_permissions_are_those_that_were_reviewed() -> None:
    """Change `tests/access/roles.json` with the roles; whoever reviews the change reads it there."""
    written = json.loads((ROOT / "tests" / "access" / "roles.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, Any]] = {
        code: {
            "permissions": sorted(permission.value for permission in role.permissions),
            "sees": sorted(role.audiences),
            "own_office": role.own_office,
            "reads_audit": role.reads_audit,
        }
        for code, role in ROLES.items()
    }

    assert found == written
    assert {each for role in found.values() for each in role["permissions"]} <= {permission.value for permission in Permission}
    recorded = RoleRecord.objects.values_list("code", "audiences", "own_office", "reads_audit")
    assert {code: (sorted(audiences), *rest) for code, audiences, *rest in recorded} == {
        code: (role["sees"], role["own_office"], role["reads_audit"]) for code, role in found.items()
    }, "the database resolves sight from what was reviewed"


@pytest.mark.check(66)
def test_every_dependency_is_pinned_with_its_hash() -> None:
    for name in ("base", "dev"):
        lines = (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        pinned = [line for line in lines if re.match(r"^[a-z0-9]", line)]
        assert len(pinned) > 20
        for line in pinned:
            assert re.match(r"^[a-zA-Z0-9._-]+(\[[^\]]+\])?==\S+.*\\$", line), line
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    assert all(entry.get("integrity") for path, entry in packages.items() if path)


@pytest.mark.check(66)
def test_the_bill_of_materials_names_every_installed_package() -> None:
    bill = json.loads(
        subprocess.run([sys.executable, "-m", "launcher", "bill"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    )

    names = {component["name"] for component in bill["components"]}
    assert bill["bomFormat"] == "CycloneDX"
    assert {"django", "psycopg", "cryptography", "htmx.org", "@uswds/uswds"} <= names
    assert all(component["version"] and component["purl"].startswith("pkg:") for component in bill["components"])
