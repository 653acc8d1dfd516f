"""Judging identity: the pairs that wait, one pair side by side, the word given and taken back."""

from __future__ import annotations

import uuid
from functools import partial
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from subjects.forms import VerdictForm
from subjects.models import Judgement
from subjects.selectors.judging import (
    SHOWN,
    judged_pairs,
    judgement_for,
    next_pair,
    own_last_verdict,
    pair_for,
    waiting_count,
    waiting_pairs,
)
from subjects.selectors.possible import record_counts
from subjects.services.judge import VERDICTS, judge, undo
from subjects.views.verdicts import give, take_back

SAID = {"same": "They are one person now.", "different": "They stay two people.", "unsure": "Put aside as unsure."}


@require_safe
@requires(Permission.JUDGE_IDENTITY)
def judging_list(request: HttpRequest) -> HttpResponse:
    """What waits, those pairs first on which most hangs, and what was judged last; `verdict` narrows the second list."""
    user = cast(User, request.user)
    waiting = list(waiting_pairs(user)[:SHOWN])
    verdict = request.GET.get("verdict", "")
    judged = judged_pairs(user, verdict=verdict if verdict in VERDICTS else "")
    record(Act.LIST, object_kind="judgement", results=_named(*waiting, *judged))
    context = {
        "waiting": waiting,
        "left_over": waiting_count(user),
        "record_counts": record_counts(user),
        "judged": judged,
        "verdict": verdict,
    }
    return render(request, "subjects/judging.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.JUDGE_IDENTITY)
def judging_pair(request: HttpRequest, judgement_uuid: uuid.UUID) -> HttpResponse:
    """Two people side by side; a verdict leads to the next pair."""
    user = cast(User, request.user)
    judgement = judgement_for(user, judgement_uuid)
    form = VerdictForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = give(form, partial(judge, actor=user, judgement=judgement, now=timezone.now()))
        if status == 200:
            messages.success(request, f"{SAID[form.cleaned_data['verdict']]} Undo takes it back.")
            return _to_next(user, judgement)
    pair, last = pair_for(user, judgement), own_last_verdict(user)
    people = [each.uuid for each in judgement.shown]
    others = _named(last) if last is not None and last.pk != judgement.pk else []
    record(Act.VIEW, object_kind="judgement", object_uuid=judgement.uuid, results=[*people, *others])
    following = next_pair(user, after=judgement)
    context = {"pair": pair, "judgement": judgement, "form": form, "following": following, "last": last}
    return render(request, "subjects/judging_pair.html", context, status=status)


@require_POST
@requires(Permission.JUDGE_IDENTITY)
def judging_undo(request: HttpRequest, judgement_uuid: uuid.UUID) -> HttpResponse:
    """Take a verdict back; the pair waits again, and is shown."""
    user = cast(User, request.user)
    judgement = judgement_for(user, judgement_uuid)
    return take_back(
        request, partial(undo, actor=user, judgement=judgement, now=timezone.now()), said=judgement, page="judging_pair", what="pair"
    )


def _named(*pairs: Judgement) -> list[uuid.UUID]:
    """The ids of pairs and of the people whom a page names with them: the list of who looked at a person knows people alone."""
    return list(dict.fromkeys(each for pair in pairs for each in (pair.uuid, *(subject.uuid for subject in pair.shown))))


def _to_next(user: User, judgement: Judgement) -> HttpResponseRedirect:
    following = next_pair(user, after=judgement)
    return redirect("judging_pair", following.uuid) if following is not None else redirect("judging_list")
