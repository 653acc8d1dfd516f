"""The order of the stages, and when each works, on one page.

    drop -> received -> checked, cut into sealed parts      ingest.tasks.stage_received    (kicked; swept)
         -> applied part by part: rows, facts, subjects     subjects.tasks.apply_parts     (kicked; swept)
         -> judged: findings, leads, packets out of date    leads.tasks.evaluate_touched   (every few seconds)
         -> judged again when a day comes                   leads.tasks.sweep_due          (after midnight, and hourly)
         -> acts on many leads, as people ordered     leads.tasks.work_bulk_runs   (kicked; swept)
         -> organizations by their numbers            leads.tasks.evaluate_organizations (nightly)
         -> gone when its stated life is over               ingest.tasks.expire_rows       (nightly)
    referral -> told that its packet no longer holds        leads.tasks.tell_people        (every half minute)
    lead -> listed when its day has come                    retention.tasks.propose_due    (weekly; people decide)
         -> archived or destroyed as people signed          retention.tasks.execute_runs   (kicked; swept)
    person without a lead -> forgotten                      retention.tasks.forget_people  (nightly)
    event -> sealed, published                              oversight.tasks.seal_events    (every few seconds)

A message only says "look": what to do is found in the database (`subjects.touched_at`, the states of extracts and parts),
so a lost message or a killed worker costs the time until the next sweep and nothing else. Every piece of work is one
transaction, claimed with FOR UPDATE SKIP LOCKED; any number of workers on any number of machines may run the same task.
"""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

INGEST = {"actor": "svc-ingest"}
LEADS = {"actor": "svc-leads"}
SUBJECTS = {"actor": "svc-subjects"}
AUDIT = {"actor": "svc-audit"}
RECORDS = {"actor": "svc-retention"}


def _every(seconds: float, task: str, kwargs: dict[str, str]) -> dict[str, Any]:
    """A task that looks for work again and again; a message that nobody took in time is dropped, the next one is there."""
    return {"task": task, "schedule": seconds, "kwargs": kwargs, "options": {"expires": seconds}}


def _at(when: crontab, task: str, kwargs: dict[str, str]) -> dict[str, Any]:
    return {"task": task, "schedule": when, "kwargs": kwargs, "options": {"expires": 3600}}


# times are UTC
SCHEDULE: dict[str, dict[str, Any]] = {
    "receive and apply what lies there": _every(20.0, "ingest.tasks.sweep", INGEST),
    "judge touched subjects": _every(10.0, "leads.tasks.evaluate_touched", LEADS),
    "judge subjects whose day has come": _at(crontab(minute="7"), "leads.tasks.sweep_due", LEADS),
    "ask standing views what is new": _every(600.0, "leads.tasks.check_standing_views", LEADS),
    "carry out acts on many leads": _every(30.0, "leads.tasks.work_bulk_runs", LEADS),
    "judge organizations by their numbers": _at(crontab(hour="2", minute="20"), "leads.tasks.evaluate_organizations", LEADS),
    "replay versions that people asked about": _every(20.0, "leads.tasks.work_replays", LEADS),
    "measure how often the bands prove true": _at(crontab(hour="3", minute="5"), "leads.tasks.measure_rates", LEADS),
    "draw closings for a second look": _at(crontab(hour="2", minute="50"), "leads.tasks.draw_samples", LEADS),
    "end claims that ran out": _every(600.0, "leads.tasks.release_expired_claims", LEADS),
    "write to offices whose packet no longer holds": _every(30.0, "leads.tasks.tell_people", LEADS),
    "delete grants of sight that are over": _at(crontab(minute="45"), "leads.tasks.drop_expired_grants", LEADS),
    "remove files that no lead knows, forget old drafts": _at(crontab(hour="3", minute="15"), "leads.tasks.sweep_papers", LEADS),
    "delete notices that are over": _at(crontab(hour="3", minute="35"), "leads.tasks.forget_notices", LEADS),
    "seal the events that wait": _every(5.0, "oversight.tasks.seal_events", AUDIT),
    "watch for bulk viewing": _every(300.0, "oversight.tasks.watch_bulk_viewing", AUDIT),
    "look for unusual reading": _at(crontab(hour="6", minute="10"), "oversight.tasks.find_unusual_reading", AUDIT),
    "forget disclosures whose time is over": _at(crontab(hour="4", minute="10"), "oversight.tasks.forget_disclosures", AUDIT),
    "forget the words of days long past": _at(crontab(hour="4", minute="20"), "oversight.tasks.forget_words", AUDIT),
    "remind of break-glass reviews that are overdue": _at(crontab(hour="12", minute="15"), "oversight.tasks.remind_of_reviews", AUDIT),
    "verify the sealed log": _at(crontab(hour="4", minute="40"), "oversight.tasks.verify_log", AUDIT),
    "close accounts that nobody uses, or whose time is over": _at(crontab(minute="30"), "access.tasks.close_inactive", AUDIT),
    "remove rows and files whose life is over": _at(crontab(hour="3", minute="20"), "ingest.tasks.expire_rows", INGEST),
    "forget searches whose hours are over": _at(crontab(minute="35"), "subjects.tasks.expire_searches", SUBJECTS),
    "forget questions about rows that are gone": _at(crontab(hour="3", minute="40"), "subjects.tasks.expire_questions", SUBJECTS),
    "list records whose day has come": _at(crontab(minute="40", hour="4", day_of_week="mon"), "retention.tasks.propose_due", RECORDS),
    "carry out what people signed": _every(60.0, "retention.tasks.execute_runs", RECORDS),
    "forget people without a lead whom nobody needs": _at(crontab(hour="1", minute="20"), "retention.tasks.forget_people", RECORDS),
    "end suppressions, sweep the archive's folder": _at(crontab(hour="3", minute="50"), "retention.tasks.keep_up", RECORDS),
}
