"""The administrator's pages. The names begin with `user_`: those that begin with `account_` are the sign-in library's own pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from access.decorators import requires
from access.forms import AccountForm, ClearanceForm, GivenForm, HomeForm, IdentityForm, OfficeForm, ReasonForm, RoleForm
from access.models import Clearance, Given, Membership, RoleGrant, User
from access.permissions import Permission
from access.roles import ROLES
from access.selectors import account_called, accounts_for, given_to, leaver_of, leavers_for
from access.services.accounts import (
    close_account,
    create_account,
    end_all_sessions,
    end_sessions,
    forget_second_factor,
    give_passphrase,
    keep_home,
    open_account,
    release_lockout,
    sessions_of,
    tie_identity,
)
from access.services.grants import clear_for, grant_role, join_office, leave_office, revoke_clearance, revoke_role
from access.services.leavers import keep_leaver
from audit.acts import Act
from audit.services import record
from foundation.errors import DomainError, InvalidInput, NotFound

FORMS: dict[str, type[GivenForm]] = {"role": RoleForm, "office": OfficeForm, "clearance": ClearanceForm}
ACT_FORMS: dict[str, type[ReasonForm]] = {"identity": IdentityForm, "home": HomeForm}
HEADINGS = {"role": "Roles", "office": "Offices", "clearance": "Clearances"}
ACTS = {
    "end-sessions": ("End all sessions", "Every session of this person ends at once; unsaved work is lost."),
    "close": ("Close the account", "The person is signed out at once and sees nothing from now on. Nothing is deleted."),
    "settle": ("Dealt with: the account stays", "What was told of this person is dealt with; the account no longer closes by itself."),
    "open": ("Open the account again", "The roles are what they were when it was closed."),
    "release": ("End the lockout", "Failed sign-ins are forgotten: the person can try again at once."),
    "passphrase": ("Give a new passphrase", "It is shown once. The person changes it at the next sign-in; the second step stays."),
    "identity": (
        "Tie to the agency's sign-in",
        "The person can sign in over the agency's provider from then on.",
    ),
    "home": (
        "Keep the home address as a hash",
        "Looks at people who live there are shown to a reviewer. Only a keyed hash is kept; nobody can read the address from it.",
    ),
    "second-step": ("Forget the second step", "For a lost phone or key. A new one is set up at the next sign-in; every session ends."),
}

PLAIN_ACTS: dict[str, Callable[..., object]] = {
    "end-sessions": end_sessions,
    "release": release_lockout,
    "second-step": forget_second_factor,
}
DATED_ACTS: dict[str, Callable[..., object]] = {"close": close_account, "open": open_account, "settle": keep_leaver}


def _admin(request: HttpRequest) -> User:
    return cast(User, request.user)


@require_GET
@requires(Permission.MANAGE_USER)
def user_list(request: HttpRequest) -> HttpResponse:
    """Every account with its roles and offices."""
    lines = accounts_for(_admin(request))
    record(Act.LIST, object_kind="user", results=[line.user.uuid for line in lines])
    return render(request, "access/list.html", {"lines": lines, "leavers": leavers_for(_admin(request), now=timezone.now())})


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_USER, step_up=True)
def user_end_all(request: HttpRequest) -> HttpResponse:
    """End the sessions of everybody but one's own present one."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        ended = end_all_sessions(actor=_admin(request), keep=request.session.session_key or "", reason=reason)
        messages.success(request, f"{ended:,} sessions are ended.")
        return redirect("user_list")
    record(Act.PAGE)
    return render(request, "access/end_all.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_USER, step_up=True)
def user_new(request: HttpRequest) -> HttpResponse:
    """Make an account; its first passphrase is shown once, on the answer."""
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, passphrase = create_account(actor=_admin(request), now=timezone.now(), **form.cleaned_data)
            return render(request, "access/created.html", {"account": user, "passphrase": passphrase})
        except DomainError as error:
            _show(form, error)
    record(Act.PAGE)
    return render(request, "access/new.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@requires(Permission.MANAGE_USER)
def user_page(request: HttpRequest, account_uuid: uuid.UUID) -> HttpResponse:
    """One account: what it holds, who gave it, why and until when; its sessions."""
    account = account_called(_admin(request), account_uuid)
    record(Act.VIEW, object_kind="user", object_uuid=account.uuid)
    now = timezone.now()
    parts = [
        {
            "kind": kind,
            "heading": heading,
            "lines": [
                {"given": given, "name": _name(given), "code": _code(given), "in_force": _in_force(given, now)}
                for given in given_to(account, kind)
            ],
        }
        for kind, heading in HEADINGS.items()
    ]
    own = account.pk == _admin(request).pk
    context = {
        "account": account,
        "parts": parts,
        "sessions": len(sessions_of(account)),
        "own": own,
        "told": leaver_of(_admin(request), account, now=now),
        "federated": bool(settings.OIDC_ISSUER),
    }
    return render(request, "access/page.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.GRANT_ROLE, step_up=True)
def user_give(request: HttpRequest, account_uuid: uuid.UUID, kind: str) -> HttpResponse:
    """Give a role, an office or a clearance, with the reason and the last day."""
    account = account_called(_admin(request), account_uuid)
    if kind not in FORMS:
        raise NotFound
    form = FORMS[kind](request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _give(_admin(request), account, kind, form.cleaned_data)
        except DomainError as error:
            if error.status == 403:
                raise
            _show(form, error)
        else:
            messages.success(request, "Given. It holds from the person's next page.")
            return redirect("user_page", account.uuid)
    record(Act.PAGE, object_kind="user", object_uuid=account.uuid)
    context = {"form": form, "account": account, "heading": f"{HEADINGS[kind]} of {account.label}", "submit": "Give", "said": ""}
    return render(request, "access/act.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.GRANT_ROLE, step_up=True)
def user_take(request: HttpRequest, account_uuid: uuid.UUID, kind: str, code: str) -> HttpResponse:
    """Take a role, an office or a clearance away."""
    account = account_called(_admin(request), account_uuid)
    held = [given for given in given_to(account, kind) if given.revoked_at is None and _code(given) == code] if kind in FORMS else []
    if not held:
        raise NotFound
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _take(_admin(request), held[0], form.cleaned_data["reason"])
        messages.success(request, "Taken away. It holds from the person's next page.")
        return redirect("user_page", account.uuid)
    record(Act.PAGE, object_kind="user", object_uuid=account.uuid)
    heading = f"Take away {_name(held[0])} from {account.label}"
    context = {"form": form, "account": account, "heading": heading, "submit": "Take away", "said": ""}
    return render(request, "access/act.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_USER, step_up=True)
def user_act(request: HttpRequest, account_uuid: uuid.UUID, what: str) -> HttpResponse:
    """End the sessions, close the account, or open it again."""
    account = account_called(_admin(request), account_uuid)
    if what not in ACTS:
        raise NotFound
    form = ACT_FORMS.get(what, ReasonForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            passphrase = _act(_admin(request), account, what, form.cleaned_data)
        except InvalidInput as error:
            _show(form, error)
        else:
            if passphrase:
                return render(request, "access/created.html", {"account": account, "passphrase": passphrase, "again": True})
            messages.success(request, f"{ACTS[what][0]}: done.")
            return redirect("user_page", account.uuid)
    record(Act.PAGE, object_kind="user", object_uuid=account.uuid)
    submit, said = ACTS[what]
    context = {"form": form, "account": account, "heading": f"{submit}: {account.label}", "submit": submit, "said": said}
    return render(request, "access/act.html", context, status=422 if form.errors else 200)


def _give(actor: User, account: User, kind: str, asked: dict[str, Any]) -> None:
    what, reason, until = asked["what"], asked["reason"], asked["until"]
    if kind == "role":
        grant_role(actor=actor, user=account, role=what, reason=reason, until=until)
    elif kind == "office":
        join_office(actor=actor, user=account, office=what, reason=reason, until=until)
    else:
        clear_for(actor=actor, user=account, compartment=what, reason=reason, until=until)


def _take(actor: User, given: Given, reason: str) -> None:
    now = timezone.now()
    if isinstance(given, RoleGrant):
        revoke_role(actor=actor, grant=given, reason=reason, now=now)
    elif isinstance(given, Membership):
        leave_office(actor=actor, membership=given, reason=reason, now=now)
    elif isinstance(given, Clearance):
        revoke_clearance(actor=actor, clearance=given, reason=reason, now=now)


def _act(actor: User, account: User, what: str, asked: dict[str, Any]) -> str:
    """Do it; returns the passphrase when one was made."""
    reason = asked["reason"]
    if what == "identity":
        tie_identity(actor=actor, user=account, identity=asked["identity"].strip(), reason=reason)
    elif what == "home":
        keep_home(actor=actor, user=account, line=asked["line"], postal_code=asked["postal_code"], reason=reason)
    elif what in DATED_ACTS:
        DATED_ACTS[what](actor=actor, user=account, reason=reason, now=timezone.now())
    elif what == "passphrase":
        return give_passphrase(actor=actor, user=account, reason=reason)
    else:
        PLAIN_ACTS[what](actor=actor, user=account, reason=reason)
    return ""


def _code(given: Given) -> str:
    if isinstance(given, RoleGrant):
        return given.role_id
    return given.office.code if isinstance(given, Membership) else cast(Clearance, given).compartment.code


def _name(given: Given) -> str:
    if isinstance(given, RoleGrant):
        return ROLES[given.role_id].label
    return given.office.name if isinstance(given, Membership) else cast(Clearance, given).compartment.name


def _in_force(given: Given, now: Any) -> bool:
    return given.revoked_at is None and (given.until is None or given.until > now)


def _show(form: Any, error: DomainError) -> None:
    form.add_error(getattr(error, "field", "") or None, error.message)
