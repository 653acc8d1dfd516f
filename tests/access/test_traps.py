"""The eleven traps of row-level security (records-audit-privacy 4.3) and what was tried before the design (design 7), one test each.

Those that are catalog checks over everything stand in `tests/architecture/test_house.py`; here each trap is sprung.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import timezone
from guardian.shortcuts import get_objects_for_user
from psycopg import sql

from access.checks import refuse_unbound_role, role_problems
from access.context import acting_as
from access.models import Compartment, RoleGrant, User
from access.selectors import class_for, service_actor
from leads.models import Lead, LeadGrant
from leads.services.triage import assign_lead, drop_expired_grants
from leads.tasks import drop_expired_grants as task
from leadtrac import env
from leadtrac.bench.client import signed_in
from subjects.models import Subject
from tests.databases import owner_connection
from tests.factories.leads import make_lead, make_subject
from tests.factories.people import person

OURS = ("access", "audit", "ingest", "organizations", "subjects", "leads", "retention", "oversight", "foundation")


@pytest.fixture
def lead(world: str) -> Lead:
    with acting_as(service_actor("leads")):
        return make_lead()


@pytest.fixture
def hidden(lead: Lead) -> Lead:
    with acting_as(service_actor("leads")):
        marks = [Compartment.objects.get(code="protected-person").pk]
        return make_lead(subject=make_subject(access_class_id=class_for(audience="hq", compartments=marks)))


def scalar(statement: str, values: Any = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


@pytest.mark.check(29)
def test_trap_1_a_role_that_row_level_security_does_not_bind_is_refused_at_start(world: str, settings: Any) -> None:
    refuse_unbound_role()
    assert role_problems() == []

    mine, owner = dict(connection.settings_dict), env.database("DATABASE_OWNER_URL")
    connection.close()
    connection.settings_dict.update(USER=owner["USER"], PASSWORD=owner["PASSWORD"])
    settings.AS_OWNER = False
    try:
        with pytest.raises(SystemExit, match="owns tables"):
            refuse_unbound_role()
    finally:
        connection.close()
        connection.settings_dict.update(mine)


@pytest.mark.check(30)
def test_trap_2_the_owner_is_bound_too_where_no_policy_names_it(world: str, lead: Lead) -> None:
    """FORCE: without its own policy the owner sees nothing; without FORCE it would see all."""
    with owner_connection(world) as owner:
        owner.execute("DROP POLICY leads_lead_owner ON leads_lead")
        assert owner.execute("SELECT count(*) FROM leads_lead").fetchone() == (0,)
        owner.execute("ALTER TABLE leads_lead NO FORCE ROW LEVEL SECURITY")
        assert owner.execute("SELECT count(*) FROM leads_lead").fetchone() == (1,)


@pytest.mark.check(28)
def test_trap_3_work_without_a_context_gets_no_row_and_can_write_none(lead: Lead) -> None:
    assert Lead.objects.count() == 0
    assert Lead.objects.update(why="changed") == 0
    with pytest.raises(DatabaseError):
        Subject.objects.create(access_class_id=lead.access_class_id, family_name="EXAMPLE")


@pytest.mark.check(31)
def test_trap_4_a_context_does_not_survive_its_transaction_on_a_shared_connection(lead: Lead) -> None:
    with acting_as(person("ana", "analyst")):
        backend = connection.connection.info.backend_pid
        assert Lead.objects.count() == 1

    assert connection.connection.info.backend_pid == backend
    assert scalar("SELECT current_setting('leadtrac.context', true)") in ("", None)
    assert Lead.objects.count() == 0
    signed = scalar("SELECT coalesce(current_setting('leadtrac.context', true), '')")
    assert re.search(r"set_config\('leadtrac\.context'[^)]*false\)", "".join(sources())) is None, "never for the session"
    assert signed == ""


def test_trap_5_the_empty_setting_after_a_transaction_is_no_error(lead: Lead) -> None:
    """After SET LOCAL ends the value is '', not unset: a cast in a policy would raise for everybody."""
    with acting_as(person("ana", "analyst")):
        pass

    assert scalar("SELECT current_setting('leadtrac.context', true)") == ""
    assert scalar("SELECT access_current_user()") is None
    assert Lead.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_policies WHERE coalesce(qual, '') || coalesce(with_check, '') LIKE '%current_setting%'")
        assert cursor.fetchone() == (0,), "policies ask the function that checks the MAC, never the setting"


def test_trap_6_a_commit_in_the_middle_of_a_request_shows_nothing_from_there_on(lead: Lead) -> None:
    seen = []
    with pytest.raises((DatabaseError, ProgrammingError, transaction.TransactionManagementError)), acting_as(person("ana", "analyst")):
        seen.append(Lead.objects.count())
        with connection.cursor() as cursor:
            cursor.execute("COMMIT")
        seen.append(Lead.objects.count())
        transaction.commit()

    assert seen == [1, 0]


@pytest.mark.check(30)
def test_trap_7_a_view_shows_everything_unless_it_asks_as_its_reader(world: str, lead: Lead) -> None:
    app = sql.Identifier(connection.settings_dict["USER"])
    with owner_connection(world) as owner:
        for name, option in (("as_owner", ""), ("as_reader", "WITH (security_invoker = true)")):
            owner.execute(f"CREATE VIEW {name} {option} AS SELECT id FROM leads_lead")  # noqa: S608  # two constants
            owner.execute(sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(name), app))

    assert (scalar("SELECT count(*) FROM as_owner"), scalar("SELECT count(*) FROM as_reader")) == (1, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'v' AND relnamespace = 'public'::regnamespace "
            "AND NOT coalesce(reloptions, '{}') @> '{security_invoker=true}'"
        )
        assert cursor.fetchall() == [("as_owner",)], "the catalog test finds it"


def test_trap_8_no_function_runs_as_the_owner_with_a_search_path_that_others_can_write(lead: Lead) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE (prosecdef AND NOT proconfig::text LIKE '%search_path=pg_catalog, public, pg_temp\"%') "
            "OR (pronamespace = 'public'::regnamespace AND proconfig::text LIKE '%search_path%' AND proconfig::text NOT LIKE '%pg_temp\"%')"
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT has_schema_privilege(current_user, 'public', 'CREATE')")
        assert cursor.fetchone() == (False,), "a table of the same name in public would stand in for ours"


def test_trap_8_a_type_that_somebody_makes_for_a_session_runs_nothing_as_the_owner(lead: Lead) -> None:
    """PostgreSQL looks for types in the temporary schema first, where the path does not put it last."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE ran (as_whom name);
            GRANT INSERT ON ran TO PUBLIC;
            CREATE FUNCTION pg_temp.spy(said pg_catalog.text) RETURNS boolean LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO pg_temp.ran VALUES (current_user);
                RETURN true;
            END $$;
            CREATE DOMAIN pg_temp.text AS pg_catalog.text CHECK (pg_temp.spy(VALUE));
            SELECT pg_catalog.set_config('leadtrac.context', '1:nonce:mac', true);
            """
        )
        cursor.execute("SELECT public.access_current_user(), public.access_classes()")
        cursor.execute("SELECT as_whom FROM ran")
        assert cursor.fetchall() == [], "no function of the owner asked for that type"
        cursor.execute("SELECT 'by us'::pg_temp.text")
        cursor.execute("SELECT as_whom = current_user FROM ran")
        assert cursor.fetchall() == [(True,)], "the check runs where the type is asked for"


def test_trap_9_policies_are_made_in_reviewed_migrations_only() -> None:
    """No code at work makes or changes a policy, and none is put together from values."""
    makers = [name for name, text in sources_by_name() if re.search(r"\b(CREATE|ALTER|DROP) POLICY\b", text)]

    assert makers
    assert {name for name in makers if not (name.endswith("sql.py") or "/migrations/" in name)} == {"foundation/migration_operations.py"}


@pytest.mark.check(26)
def test_trap_10_numbers_errors_and_sequences_do_not_count_hidden_records(lead: Lead, hidden: Lead) -> None:
    analyst = person("ana", "analyst")
    client: Client = signed_in(analyst)

    there, nowhere = (client.get(f"/leads/{number}/") for number in (hidden.number, "L-2222-2222"))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    for statement in (
        "SELECT last_value FROM leads_lead_id_seq",
        "SELECT pg_sequence_last_value('leads_lead_id_seq'::regclass)",
    ):
        with acting_as(analyst), transaction.atomic(), connection.cursor() as cursor:
            try:
                cursor.execute(statement)
                assert cursor.fetchone() == (None,), statement
            except DatabaseError:
                transaction.set_rollback(True)
    with acting_as(analyst):
        assert scalar("SELECT count(*) FROM pg_stats WHERE tablename IN ('leads_lead', 'subjects_subject')") == 0


def test_trap_11_injected_sql_cannot_set_the_context_of_somebody_else(lead: Lead) -> None:
    administrator, analyst = person("adam", "administrator"), person("ana", "analyst")
    with acting_as(administrator):
        mine = scalar("SELECT current_setting('leadtrac.context', true)")
        for forged in (mine.replace(f"{administrator.pk}:", f"{analyst.pk}:", 1), f"{analyst.pk}:x:{'0' * 64}", str(analyst.pk)):
            scalar("SELECT set_config('leadtrac.context', %s, true)", [forged])
            assert scalar("SELECT access_current_user()") is None
            assert Lead.objects.count() == 0
        scalar("SELECT set_config('leadtrac.context', %s, true)", [mine])
        assert scalar("SELECT access_current_user()") == administrator.pk


# what was tried before the design ---------------------------------------------------------------------------------


def test_an_update_that_would_move_a_row_out_of_its_movers_sight_is_refused(lead: Lead, hidden: Lead) -> None:
    with pytest.raises(DatabaseError), acting_as(person("ana", "analyst")):
        Subject.objects.filter(pk=lead.subject_id).update(access_class_id=hidden.access_class_id)


def test_the_policy_of_the_grant_table_does_not_ask_for_leads_and_so_does_not_recurse(lead: Lead) -> None:
    expression = scalar(
        "SELECT string_agg(coalesce(qual, '') || coalesce(with_check, ''), ' ') FROM pg_policies WHERE tablename = 'leads_leadgrant'"
    )

    assert "leads_lead" not in expression.replace("leads_leadgrant", "")
    with acting_as(person("ana", "analyst")):
        assert LeadGrant.objects.count() == 0


def test_guardian_forgets_the_end_of_a_grant_and_is_therefore_never_asked(lead: Lead) -> None:
    """Its own query still finds the lead after the grant is over; ours does not. Only the benchmark may call it."""
    supervisor, analyst = person("sue", "supervisor"), person("ana", "analyst")
    with acting_as(supervisor):
        assign_lead(actor=supervisor, lead=lead, user=analyst, reason="yours", now=timezone.now())
        LeadGrant.objects.filter(user=analyst).update(until=timezone.now() - timedelta(minutes=1))
    with acting_as(analyst):
        assert list(get_objects_for_user(analyst, "leads.view_lead", Lead, accept_global_perms=False)) == [lead]
        assert scalar("SELECT leads_granted()") == []

    callers = {
        name for name, text in sources_by_name() if re.search(r"guardian\.(shortcuts|utils|core)|get_objects_for_user|\.has_perm\(", text)
    }
    assert callers == {"leadtrac/bench/queue.py", *({"leadtrac/bench/access.py"} & callers)}


def test_grants_that_are_over_are_deleted_and_others_stay(lead: Lead) -> None:
    supervisor, analyst, other = person("sue", "supervisor"), person("ana", "analyst"), person("ben", "analyst")
    now = timezone.now()
    with acting_as(supervisor):
        for user, until in ((analyst, now - timedelta(minutes=1)), (other, now + timedelta(hours=1))):
            assign_lead(actor=supervisor, lead=lead, user=user, reason="yours", now=now)
            LeadGrant.objects.filter(user=user).update(until=until)

    task(actor="svc-leads")

    with acting_as(supervisor):
        assert list(LeadGrant.objects.values_list("user_id", flat=True)) == [other.pk]
    with acting_as(analyst), pytest.raises(Exception, match="role"):
        drop_expired_grants(actor=analyst, now=now)


def test_an_unwrapped_class_array_would_be_found(world: str) -> None:
    with owner_connection(world) as owner:
        owner.execute("CREATE TABLE leads_probe (class_id int)")
        owner.execute("CREATE POLICY leads_probe_bare ON leads_probe USING (class_id = ANY (access_classes()))")
        (expression,) = owner.execute("SELECT qual FROM pg_policies WHERE tablename = 'leads_probe'").fetchone() or ("",)

    before = expression[: expression.index("access_classes()")].rstrip()
    assert not before.upper().endswith("SELECT"), "what test_house looks for tells a wrapped call from a bare one"


@pytest.mark.check(37)
def test_revoked_between_two_requests_of_one_session(lead: Lead) -> None:
    analyst: User = person("ana", "analyst")
    client = signed_in(analyst)
    assert client.get(f"/leads/{lead.number}/").status_code == 200

    RoleGrant.objects.filter(user=analyst).update(revoked_at=timezone.now())

    assert client.get(f"/leads/{lead.number}/").status_code == 404


def sources_by_name() -> list[tuple[str, str]]:
    root = Path(settings.BASE_DIR)
    found = [path for app in (*OURS, "leadtrac") for path in sorted((root / app).rglob("*.py"))]
    return [(str(path.relative_to(root)), path.read_text(encoding="utf-8")) for path in found]


def sources() -> list[str]:
    return [text for _, text in sources_by_name()]
