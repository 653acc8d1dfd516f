"""Where a request comes from is what our own proxies say, and nothing that the sender says."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from access.context import acting_as
from access.models import User
from access.origin import origin_of, trusted_networks
from audit.acts import Act
from audit.models import Event
from leadtrac.bench.client import signed_in
from leadtrac.middleware import NOTICE_KEY
from tests.factories.people import person

OURS = trusted_networks(["10.0.0.0/8", "2001:db8:1::/48"])
STRANGER, COLLEAGUE = "192.0.2.44", "198.51.100.7"  # RFC 5737


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "origin"),
    [
        (STRANGER, "", STRANGER),
        (STRANGER, COLLEAGUE, STRANGER),  # nobody's proxy: what it says counts for nothing
        ("10.0.0.2", STRANGER, STRANGER),
        ("10.0.0.2", f"{COLLEAGUE}, {STRANGER}", STRANGER),  # the left entry was sent by the stranger
        ("10.0.0.2", f"{COLLEAGUE}, {STRANGER}, 10.0.0.1", STRANGER),  # two proxies
        ("10.0.0.2", f"10.0.0.9, {STRANGER}", STRANGER),  # a stranger who claims to be one of them
        ("10.0.0.2", f"{STRANGER}:51234", STRANGER),
        ("2001:db8:1::2", "[2001:db8:2::44]:443", "2001:db8:2::44"),
        ("::ffff:10.0.0.2", f"::ffff:{STRANGER}", STRANGER),
        ("10.0.0.2", "10.0.0.5", "10.0.0.5"),  # somebody on our own network
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", f"{STRANGER}, unknown", "10.0.0.2"),  # nonsense ends at whoever wrote it
        ("", STRANGER, ""),  # a socket has no address, and nobody vouches for it
    ],
)
def test_the_origin_is_the_last_address_that_no_proxy_of_ours_vouches_for(peer: str, forwarded_for: str, origin: str) -> None:
    assert origin_of(peer, forwarded_for, OURS) == origin


def test_a_word_that_is_no_network_is_refused_at_start() -> None:
    with pytest.raises(ValueError, match=r"proxy\.example"):
        trusted_networks(["proxy.example"])


@pytest.fixture
def behind_a_proxy(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.2"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def origin_on_record(user: User) -> str:
    with acting_as(user):
        return Event.objects.filter(act=Act.PAGE, actor_id=user.pk).latest("pk").origin


@pytest.mark.django_db
@pytest.mark.check(39)
def test_events_note_the_person_behind_the_proxy_and_believe_no_stranger(behind_a_proxy: None) -> None:
    analyst = person("ana.lyst", "analyst")
    client = signed_in(analyst)

    client.get("/search/", REMOTE_ADDR="10.0.0.2", headers={"X-Forwarded-For": f"{COLLEAGUE}, {STRANGER}"})
    assert origin_on_record(analyst) == STRANGER
    client.get("/search/", REMOTE_ADDR=STRANGER, headers={"X-Forwarded-For": COLLEAGUE})
    assert origin_on_record(analyst) == STRANGER


@pytest.mark.django_db
@pytest.mark.check(5)
def test_a_stranger_who_names_other_addresses_is_locked_out_all_the_same(behind_a_proxy: None) -> None:
    cache.clear()
    person("ana.lyst", "analyst")
    client = Client(REMOTE_ADDR="10.0.0.2")
    session = client.session
    session[NOTICE_KEY] = True
    session.save()

    def try_from(forwarded_for: str) -> str:
        tried = {"login": "ana.lyst", "password": "a wrong pass phrase"}
        return client.post(reverse("account_login"), tried, headers={"X-Forwarded-For": forwarded_for}).content.decode()

    for guess in range(5):
        try_from(f"203.0.113.{guess}, {STRANGER}")
    assert "Too many failed" in try_from(f"203.0.113.9, {STRANGER}")
    assert "Too many failed" not in try_from(COLLEAGUE)
    cache.clear()


@pytest.mark.django_db  # the page of health asks the database
def test_only_a_proxy_of_ours_says_that_the_way_was_encrypted(behind_a_proxy: None, client: Client) -> None:
    ours = client.get("/health/", REMOTE_ADDR="10.0.0.2", headers={"X-Forwarded-Proto": "https"})
    stranger = client.get("/health/", REMOTE_ADDR=STRANGER, headers={"X-Forwarded-Proto": "https"})

    assert ours.wsgi_request.is_secure()
    assert not stranger.wsgi_request.is_secure()
