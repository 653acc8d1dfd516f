"""The lock page, the sign of life of a page at work, and the words that a locked session kept."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.codes import ReauthenticateByKeyForm, ReauthenticateForm
from access.decorators import public, requires
from access.late_forms import KEPT, open_kept
from access.models import User
from access.permissions import Permission
from access.selectors import has_security_key
from access.session_middleware import idle_seconds, lock
from audit.acts import Act
from audit.services import record

CODE_DIGITS = 6


class ProofForm(forms.Form):
    """One factor: the password, the present one-time code, or what a security key answered to the page's challenge."""

    proof = forms.CharField(
        label="Password or one-time code",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        max_length=4096,
        strip=False,
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request
        self._answer_of_key: str = self.data.get("credential", "")
        self.fields["proof"].required = not self._answer_of_key

    def clean_proof(self) -> str:
        """Prove it, and note it in the session; the library counts what fails."""
        proof: str = self.cleaned_data["proof"]
        user = cast(User, self._request.user)
        if self._answer_of_key:
            _prove_by(
                ReauthenticateByKeyForm({"credential": self._answer_of_key}, user=user),
                "This key is not one of yours, or the page was open too long.",
            )
        elif proof.strip().isdigit() and len(proof.strip()) == CODE_DIGITS:
            _prove_by(ReauthenticateForm({"code": proof.strip()}, user=user))
        elif get_adapter(self._request).reauthenticate(user, proof):
            reauthenticate_by_password(self._request)
        else:
            raise forms.ValidationError("This is neither your password nor your present code.")
        return proof


def _prove_by(factor: Any, otherwise: str = "") -> None:
    """Let one of the library's forms check a factor; raises `ValidationError`, in its words or in ours."""
    if not factor.is_valid():
        raise forms.ValidationError(otherwise or [message for messages in factor.errors.values() for message in messages])
    factor.save()


@require_http_methods(["GET", "POST"])
@requires(Permission.SIGNED_IN)
def session_lock(request: HttpRequest) -> HttpResponse:
    """Lock the session, ask for one factor, go back to where the person was."""
    user = cast(User, request.user)
    if request.method == "POST" and not request.POST.keys() & {"proof", "credential"}:
        if not lock(request, user, now=time.time()):
            record(Act.PAGE)
        return HttpResponse(status=HTTPStatus.NO_CONTENT) if "HX-Request" in request.headers else HttpResponseRedirect(_here(request))
    form = ProofForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        record(Act.SCREEN_UNLOCKED, object_kind="user", object_uuid=user.uuid)
        if "HX-Request" in request.headers:
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Trigger": "session-unlocked"})
        return HttpResponseRedirect(_following(request))
    record(Act.PAGE)
    context = {"form": form, "next": _following(request), "key_options": _challenge(user)}
    template = "access/lock_form.html" if "HX-Request" in request.headers else "access/lock.html"
    return render(request, template, context, status=422 if form.is_bound else 200)


def _challenge(user: User) -> str:
    """What a security key is asked to sign, as JSON; empty for a person without one."""
    if not has_security_key(user):
        return ""
    return json.dumps(begin_authentication(user), cls=DjangoJSONEncoder)


@public("keeps one's own session awake while its person types; says nothing")
@require_POST
def session_awake(request: HttpRequest) -> HttpResponse:
    """204 while the session is open; the middleware answers for a locked one, and notes that somebody is at work."""
    return HttpResponse(status=HTTPStatus.NO_CONTENT if request.user.is_authenticated else HTTPStatus.UNAUTHORIZED)


@require_GET
@requires(Permission.SIGNED_IN)
def session_kept(request: HttpRequest) -> HttpResponse:
    """What a person sent while the session was locked: not carried out, to be looked at and sent."""
    form = open_kept(request.session.get(KEPT, ""), cast(User, request.user))
    record(Act.PAGE)
    if form is None:
        return HttpResponseRedirect(reverse("home"))
    return render(request, "access/kept.html", {"kept": form})


def _following(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or "/"
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}) else "/"


def _here(request: HttpRequest) -> str:
    return f"{reverse('session_lock')}?{urlencode({'next': _following(request)})}"


def lock_of_page(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the frame needs so that a page can lock itself in place."""
    return {"seconds": idle_seconds(user), "form": ProofForm(request=request)}
