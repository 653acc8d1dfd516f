"""Signing in over an agency's identity provider: a real provider on this machine, every false answer refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.internal.statekit import STATES_SESSION_KEY
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse

from access.context import acting_as
from access.models import RoleGrant, User
from access.sign_in import FEDERATED_MFA_KEY
from audit.models import Event
from leadtrac import env
from leadtrac.bench.client import signed_in
from leadtrac.middleware import NOTICE_KEY
from tests.factories.people import person
from tests.leadtrac.identity_provider import CLIENT, Provider, running
from tests.pages import words

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/oidc/agency/login/"


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Provider]:
    secret = tmp_path / "secret"
    secret.write_text("shared\n", encoding="utf-8")
    with running() as found:
        monkeypatch.setenv("LEADTRAC_OIDC_CLIENT_ID", CLIENT)
        monkeypatch.setenv("LEADTRAC_OIDC_CLIENT_SECRET_FILE", str(secret))
        settings.OIDC_ISSUER = found.url
        settings.SOCIALACCOUNT_PROVIDERS = env.identity_provider(found.url)
        yield found


@pytest.fixture
def analyst() -> User:
    return person("ana.lyst", "analyst")


@pytest.fixture
def client() -> Client:
    return visitor()


def visitor() -> Client:
    client = Client()
    client.get(reverse("notice"))
    session = client.session
    session[NOTICE_KEY] = True
    session.save()
    return client


def come_back(client: Client, provider: Provider, **claims: Any) -> Any:
    """Go to the provider, be signed in there as `claims` say, come back."""
    there = client.post(LOGIN)
    assert there.status_code == 302, there.content.decode()[:500]
    provider.claims = claims
    return client.get(f"{LOGIN}callback/", provider.authorized(there.headers["Location"]))


def tie(user: User, identity: str) -> None:
    """As an administrator ties an account to an identity."""
    address = reverse("user_act", args=[user.uuid, "identity"])
    done = signed_in(person("adam.admin", "administrator")).post(address, {"identity": identity, "reason": "Works here"})
    assert done.status_code == 302


def is_in(client: Client) -> bool:
    return client.get("/search/").status_code == 200


def test_whoever_an_administrator_has_tied_signs_in(client: Client, provider: Provider, analyst: User) -> None:
    tie(analyst, "person-17")

    come_back(client, provider, sub="person-17", amr=["pwd", "mfa"])

    assert is_in(client)
    assert "code_challenge" in provider.asked
    assert SocialAccount.objects.get(user=analyst).extra_data == {"id_token": {"sub": "person-17"}}, "nothing else is kept"


@pytest.mark.check(1)
def test_without_a_second_factor_at_the_provider_one_is_asked_here(client: Client, provider: Provider, analyst: User) -> None:
    tie(analyst, "person-17")

    come_back(client, provider, sub="person-17", amr=["pwd"])
    assert client.get("/search/").headers["Location"] == reverse("mfa_index")

    TOTP.activate(analyst, generate_totp_secret())
    asked = come_back(visitor(), provider, sub="person-17", amr=["pwd"])
    assert asked.headers["Location"] == reverse("mfa_authenticate")


@pytest.mark.check(25)
def test_an_unknown_person_gets_neither_account_nor_role(client: Client, provider: Provider, analyst: User) -> None:
    people, roles = User.objects.count(), RoleGrant.objects.count()

    answer = come_back(
        client, provider, sub="stranger", amr=["mfa"], email="ana@office.invalid", email_verified=True, preferred_username="ana.lyst"
    )

    assert not is_in(client)
    assert "Nobody signs up here" in words(client.get(answer.headers["Location"])) if answer.status_code == 302 else words(answer)
    assert (User.objects.count(), RoleGrant.objects.count(), SocialAccount.objects.count()) == (people, roles, 0)


def refused(act: str) -> int:
    with acting_as(person("uma.auditor", "auditor")):
        return Event.objects.filter(act=act, allowed=False, field_names=["identity"]).count()


@pytest.mark.check(25)
@pytest.mark.parametrize("process", ["connect", "redirect"])
@pytest.mark.parametrize("way", ["in the address", "in the form", "in the session"])
def test_nobody_ties_an_identity_to_an_account_of_their_own(provider: Provider, analyst: User, process: str, way: str) -> None:
    client = signed_in(analyst)
    if way == "in the address":
        assert client.post(f"{LOGIN}?process={process}").status_code == 404
    elif way == "in the form":
        assert client.post(LOGIN, {"process": process}).status_code == 404
    else:
        there = client.post(LOGIN)
        session = client.session
        for kept, *_ in session[STATES_SESSION_KEY].values():  # as if the library had let it through
            kept["process"] = process
        session.save()
        provider.claims = {"sub": "stranger", "amr": ["mfa"]}
        client.get(f"{LOGIN}callback/", provider.authorized(there.headers["Location"]))

    assert not SocialAccount.objects.exists()
    assert FEDERATED_MFA_KEY not in client.session
    assert refused("denied") == 1


def test_nobody_unties_an_identity_of_their_own(provider: Provider, analyst: User) -> None:
    tie(analyst, "person-17")
    client = signed_in(analyst)
    account = SocialAccount.objects.get()

    assert client.get("/accounts/3rdparty/").status_code == 404
    assert client.post("/accounts/3rdparty/", {"account": account.pk}).status_code == 404

    assert SocialAccount.objects.get() == account


def test_who_comes_with_an_identity_that_is_nobodys_is_on_record_and_brings_no_second_factor(client: Client, provider: Provider) -> None:
    come_back(client, provider, sub="stranger", amr=["mfa"])

    assert refused("sign_in_failed") == 1
    assert FEDERATED_MFA_KEY not in client.session


def test_a_closed_account_stays_closed(client: Client, provider: Provider, analyst: User) -> None:
    tie(analyst, "person-17")
    User.objects.filter(pk=analyst.pk).update(is_active=False)

    come_back(client, provider, sub="person-17", amr=["mfa"])

    assert not is_in(client)


@pytest.mark.parametrize(
    "false",
    [
        pytest.param({"iss": "https://elsewhere.example"}, id="issuer"),
        pytest.param({"aud": "another client"}, id="audience"),
        pytest.param({"nonce": "of another sign-in"}, id="nonce"),
        pytest.param({"exp": 1}, id="time"),
    ],
)
def test_a_false_claim_is_refused(client: Client, provider: Provider, analyst: User, false: dict[str, Any]) -> None:
    tie(analyst, "person-17")

    come_back(client, provider, **{"sub": "person-17", "amr": ["mfa"], **false})

    assert not is_in(client)


def test_a_token_signed_by_another_key_is_refused(client: Client, provider: Provider, analyst: User) -> None:
    tie(analyst, "person-17")
    provider.signing_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    come_back(client, provider, sub="person-17", amr=["mfa"])

    assert not is_in(client)


def test_a_provider_that_calls_itself_otherwise_is_refused(client: Client, provider: Provider, analyst: User) -> None:
    tie(analyst, "person-17")
    there = client.post(LOGIN)
    provider.issuer = "https://elsewhere.example"
    provider.claims = {"sub": "person-17", "amr": ["mfa"]}

    client.get(f"{LOGIN}callback/", provider.authorized(there.headers["Location"]))

    assert not is_in(client)


def test_an_answer_that_nobody_asked_for_is_refused(client: Client, provider: Provider, analyst: User) -> None:
    tie(analyst, "person-17")
    come_back(client, provider, sub="person-17", amr=["mfa"])
    answer = {"code": "one-time", "state": provider.asked["state"][0]}

    fresh = Client()
    session = fresh.session
    session[NOTICE_KEY] = True
    session.save()
    fresh.get(f"{LOGIN}callback/", answer)

    assert not is_in(fresh)


def test_without_settings_there_is_no_such_way_in(client: Client) -> None:
    assert env.identity_provider("") == {}
    assert client.post(LOGIN).status_code == 404
