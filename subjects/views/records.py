"""Judging records that wait: the queue, one record beside the person, the word given and taken back."""

from __future__ import annotations

import uuid
from functools import partial
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access.decorators import requires
from access.models import User
from access.permissions import Permission
from audit.acts import Act
from audit.services import record
from subjects.forms import VerdictForm
from subjects.models import PossibleRecord
from subjects.selectors.judging import SHOWN, waiting_count
from subjects.selectors.possible import (
    held_against,
    judged_records,
    next_record,
    own_last_word,
    question_for,
    record_counts,
    waiting_records,
)
from subjects.services.judge_record import judge_record, undo_record
from subjects.views.verdicts import give, take_back

SAID = {"same": "The record is this person's now.", "different": "The record is not this person's.", "unsure": "Put aside as unsure."}


@require_safe
@requires(Permission.JUDGE_IDENTITY)
def judging_records(request: HttpRequest) -> HttpResponse:
    """Records that wait: those on which a lead hangs, or all with `show=all`; and what was judged last."""
    user = cast(User, request.user)
    everything = request.GET.get("show") == "all"
    waiting = list(waiting_records(user, hanging=not everything)[:SHOWN])
    judged = judged_records(user)
    record(Act.LIST, object_kind="possible_record", results=_named(*waiting, *judged))
    context = {
        "waiting": waiting,
        "counts": record_counts(user),
        "everything": everything,
        "judged": judged,
        "pairs_left": waiting_count(user),
    }
    return render(request, "subjects/judging_records.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.JUDGE_IDENTITY)
def judging_record(request: HttpRequest, question_uuid: uuid.UUID) -> HttpResponse:
    """One record beside the person whose it may be; a verdict leads to the next."""
    user = cast(User, request.user)
    question = question_for(user, question_uuid)
    form = VerdictForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = give(form, partial(judge_record, actor=user, question=question, now=timezone.now()))
        if status == 200:
            messages.success(request, f"{SAID[form.cleaned_data['verdict']]} Undo takes it back.")
            following = next_record(user, after=question)
            return redirect("judging_record", following.uuid) if following is not None else redirect("judging_records")
    return _page(request, user, question, form, status)


@require_POST
@requires(Permission.JUDGE_IDENTITY)
def judging_record_undo(request: HttpRequest, question_uuid: uuid.UUID) -> HttpResponse:
    """Take a verdict back; the record waits again, and is shown."""
    user = cast(User, request.user)
    question = question_for(user, question_uuid)
    return take_back(
        request,
        partial(undo_record, actor=user, question=question, now=timezone.now()),
        said=question,
        page="judging_record",
        what="record",
    )


def _page(request: HttpRequest, user: User, question: PossibleRecord, form: VerdictForm, status: int) -> HttpResponse:
    waits = not question.verdict and question.undone_at is None
    held = held_against(user, question)
    fields = ["buffered row"] if held is not None else []
    last = own_last_word(user)
    others = _named(last) if last is not None and last.pk != question.pk else []
    results = [question.subject.uuid, *others]
    record(Act.VIEW, object_kind="possible_record", object_uuid=question.uuid, results=results, fields=fields)
    context = {
        "question": question,
        "held": held,
        "waits": waits and held is not None,
        "form": form,
        "following": next_record(user, after=question),
        "last": last,
    }
    return render(request, "subjects/judging_record.html", context, status=status)


def _named(*questions: PossibleRecord) -> list[uuid.UUID]:
    """The ids of questions and of the people whom a page names with them: the list of who looked at a person knows people alone."""
    return list(dict.fromkeys(each for question in questions for each in (question.uuid, question.subject.uuid)))
