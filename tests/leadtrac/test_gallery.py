"""The component kit: documented, rendering, and fit for a strict content policy."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from leadtrac.views.gallery import GROUPS, Component, gallery, read_components, render_example

TEMPLATES = Path(settings.BASE_DIR) / "templates"
ALL_TEMPLATES = sorted(TEMPLATES.rglob("*.html"))
COMPONENTS = read_components()
C_VARS = re.compile(r"<c-vars\s(.*?)/>", re.DOTALL)


@pytest.fixture
def visitor() -> HttpRequest:
    request = RequestFactory().get("/gallery/")
    request.user = AnonymousUser()
    return request


def by_name(component: Component) -> str:
    return component.name


@pytest.mark.parametrize("component", COMPONENTS, ids=by_name)
def test_the_example_of_a_component_renders(component: Component, visitor: HttpRequest) -> None:
    html = render_example(component, visitor)
    assert html.strip()
    assert "<c-" not in html
    assert "None" not in html


@pytest.mark.parametrize("component", COMPONENTS, ids=by_name)
def test_a_component_documents_every_attribute_that_it_declares(component: Component) -> None:
    source = (TEMPLATES / "cotton" / f"{component.name.replace('-', '_')}.html").read_text(encoding="utf-8")
    declared = C_VARS.search(source)
    described = f"{component.props} {component.slots}"
    for name in re.findall(r":?([a-z_]+)=", declared[1] if declared else ""):
        assert re.search(rf"\b{name}\b", described), f"{component.name} does not describe {name}"


def test_markup_given_to_a_component_is_kept_as_markup(visitor: HttpRequest) -> None:
    for component in COMPONENTS:
        assert "&lt;" not in render_example(component, visitor), component.name


def test_every_component_stands_in_a_group_of_the_gallery() -> None:
    assert {component.group for component in COMPONENTS} <= set(GROUPS)


def test_the_gallery_shows_every_component(settings: Any, visitor: HttpRequest) -> None:
    settings.DEMO = True
    page = gallery(visitor).content.decode()
    assert [f'id="c-{component.name}"' in page for component in COMPONENTS] == [True] * len(COMPONENTS)
    assert page.count("<h1") == 1


def test_the_gallery_exists_only_in_a_demonstration(settings: Any, visitor: HttpRequest) -> None:
    settings.DEMO = False
    with pytest.raises(Http404):
        gallery(visitor)


INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script address": re.compile(r"javascript:", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "an htmx expression that needs eval": re.compile(r"\bhx-(on|vars)\b|\bjs:"),
}


def test_no_two_columns_of_a_chart_have_one_color() -> None:
    listed = re.search(r"COLORS = \[(.*?)\]", (Path(settings.BASE_DIR) / "static/js/chart.js").read_text(encoding="utf-8"))
    drawn = [columns for path in ALL_TEMPLATES for columns in re.findall(r'columns="(\d[\d,]*)"', path.read_text(encoding="utf-8"))]
    assert listed is not None
    colors = re.findall(r"#\w+", listed[1])
    assert len(set(colors)) == len(colors) >= max(len(columns.split(",")) for columns in drawn)


@pytest.mark.parametrize("path", ALL_TEMPLATES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_holds_nothing_that_the_content_policy_refuses(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert [what for what, pattern in INLINE.items() if pattern.search(source)] == []


@pytest.mark.parametrize("path", ALL_TEMPLATES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_design_system_classes_stand_in_components_only(path: Path) -> None:
    if (TEMPLATES / "cotton") in path.parents:
        return
    assert re.findall(r"\busa-(?!sr-only)[a-z-]+", path.read_text(encoding="utf-8")) == []


def test_the_scan_finds_what_it_looks_for() -> None:
    wrong = '<p style="x"><style></style><a onclick="x" href="javascript:x"><script>x</script><b hx-on:click="x">'
    assert all(pattern.search(wrong) for pattern in INLINE.values())
    assert not INLINE["an inline script"].search('<script src="x" defer></script><script id="d" type="application/json">')


@pytest.mark.parametrize("name", ["403", "404", "500", "503", "csrf", "refused"])
def test_an_error_page_stands_in_the_frame_even_without_a_request(name: str) -> None:
    page = render_to_string(f"errors/{name}.html", {"request_ref": "REF-1"})
    assert page.count("<h1") == 1
    assert page.count("LAW ENFORCEMENT SENSITIVE") == 2
    assert "REF-1" in page
    assert "None" not in page


def test_a_request_that_django_refuses_gets_a_page_in_the_frame(client: Client, settings: Any) -> None:
    settings.DEMO = True
    page = client.get("/", HTTP_HOST="elsewhere.example").content.decode()
    assert "LAW ENFORCEMENT SENSITIVE" in page
    assert page.count("<h1") == 1


def test_the_notice_says_what_it_must_and_sends_the_acceptance(visitor: HttpRequest) -> None:
    page = render_to_string("account/notice.html", {"next": "/queue/"}, visitor)
    for needed in ("United States Government", "monitored, recorded", "penalties", "consent"):
        assert needed in page
    assert 'name="accept"' in page
    assert 'value="/queue/"' in page


def test_the_sign_in_page_offers_people_only_when_it_was_given_them(visitor: HttpRequest) -> None:
    person = {"username": "one", "name": "A. One", "role_label": "Analyst", "office": "HSI Boston", "team": ""}
    assert "Demonstration" not in render_to_string("account/login.html", {}, visitor)
    page = render_to_string("account/login.html", {"demo_accounts": [person]}, visitor)
    assert 'name="username" value="one"' in page
    assert "HSI Boston" in page
