"""Signing in over an agency's identity provider (OpenID Connect), when the settings name one.

The library trusts an ID token that came straight from the provider and asks for no nonce; here the signature, the issuer, the
audience and a nonce of this very sign-in are checked (OpenID Connect Core 1.0, 3.1.3.7). An identity that no administrator has
tied to an account opens nothing.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import urlencode

from access.sign_in import FEDERATED_MFA_KEY
from leadtrac.accounts import refuse_identity

NONCE_KEY = "leadtrac_oidc_nonce"


class CheckingAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """Believes nothing but a signed token that answers this sign-in."""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """The identity of the token; raises `OAuth2Error`, which the library turns into its error page."""
        words = self._checked(request, app, kwargs["response"].get("id_token") or "")
        request.session[FEDERATED_MFA_KEY] = asked_for_two(words)
        return self.get_provider().sociallogin_from_response(request, {"id_token": {"sub": words["sub"]}})  # nothing else is kept

    def _checked(self, request: HttpRequest, app: Any, id_token: str) -> dict[str, Any]:
        nonce = request.session.pop(NONCE_KEY, "")
        configuration = self.openid_config
        if configuration.get("issuer") != settings.OIDC_ISSUER:
            message = "the provider is not the one that was configured"
            raise OAuth2Error(message)
        words: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=configuration["jwks_uri"],
            issuer=settings.OIDC_ISSUER,
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
            verify_signature=True,
        )
        if not nonce or not hmac.compare_digest(str(words.get("nonce", "")), nonce):
            message = "the token answers another sign-in"
            raise OAuth2Error(message)
        return words


def asked_for_two(words: dict[str, Any]) -> bool:
    """Whether the token says that the provider asked for a second factor (RFC 8176 `amr`, or a configured `acr`)."""
    methods = words.get("amr") or []
    return bool(set(methods) & set(settings.OIDC_MFA_METHODS)) or words.get("acr") in settings.OIDC_MFA_CONTEXTS


@login_not_required  # type: ignore[untyped-decorator]  # allauth ships no types
def oidc_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the person to the provider, with a nonce of this sign-in. The library would do more than that if asked: it is not."""
    if {request.GET.get("process", "login"), request.POST.get("process", "login")} != {"login"}:
        refuse_identity(request)
        raise Http404
    nonce = secrets.token_urlsafe(24)
    request.session[NONCE_KEY] = nonce
    asked = request.GET.copy()
    asked["auth_params"] = urlencode({"nonce": nonce})
    request.GET = asked  # type: ignore[assignment]  # a copy, as Django's documentation makes it
    return _answered(OAuth2LoginView, request, provider_id)


@login_not_required  # type: ignore[untyped-decorator]  # allauth ships no types
def oidc_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """The person comes back from the provider."""
    return _answered(OAuth2CallbackView, request, provider_id)


def own_identity(request: HttpRequest) -> HttpResponse:
    """Where the library lets people tie and untie identities themselves: an administrator does that, with a reason. Refused, on record."""
    refuse_identity(request)
    raise Http404


def _answered(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        response: HttpResponse = view.adapter_view(CheckingAdapter(request, provider_id))(request)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return response
