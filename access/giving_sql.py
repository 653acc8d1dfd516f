"""Who may give roles, offices and clearances, as the database knows it: nobody becomes more than they are by SQL alone."""

from __future__ import annotations

GIVEN_TABLES = ("access_rolegrant", "access_membership", "access_clearance")

_GIVING = """
-- Something is given by an administrator to somebody else, by a service, or by the owner who sets an installation up; the role of a
-- service by the owner alone.
CREATE FUNCTION access_giver_may_give() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    me bigint := public.access_current_user();
    held text[] := (SELECT r.roles FROM public.access_resolve(me, now()) r);
BEGIN
    IF session_user = current_user THEN
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) ->> 'role_id' = 'service' OR NOT coalesce(
        'service' = ANY (held) OR ('administrator' = ANY (held) AND NEW.user_id <> me), false) THEN
        RAISE EXCEPTION 'only an administrator gives this, and nobody to themselves' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;

-- what was taken away is given anew, or not at all
CREATE FUNCTION access_taken_is_taken() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'what was taken away stays taken away' USING ERRCODE = '42501';
END $$;

-- the names of the system's own services decide what some of them see: the owner makes them, and nobody takes one
CREATE FUNCTION access_names_stay() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF session_user <> current_user THEN
        RAISE EXCEPTION 'no account becomes another' USING ERRCODE = '42501';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER access_user_service BEFORE INSERT ON access_user FOR EACH ROW WHEN (NEW.kind = 'service')
    EXECUTE FUNCTION access_names_stay();
CREATE TRIGGER access_user_name BEFORE UPDATE ON access_user FOR EACH ROW
    WHEN (OLD.username IS DISTINCT FROM NEW.username OR OLD.kind IS DISTINCT FROM NEW.kind) EXECUTE FUNCTION access_names_stay();
"""
_OF_A_TABLE = """
CREATE TRIGGER {table}_given BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION access_giver_may_give();
CREATE TRIGGER {table}_taken BEFORE UPDATE ON {table} FOR EACH ROW
    WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION access_taken_is_taken();
REVOKE UPDATE, DELETE ON {table} FROM {app};
GRANT UPDATE (revoked_at) ON {table} TO {app};
"""
_OF_A_TABLE_BACK = """
GRANT UPDATE, DELETE ON {table} TO {app};
DROP TRIGGER {table}_taken ON {table};
DROP TRIGGER {table}_given ON {table};
"""

GIVING = _GIVING + "".join(_OF_A_TABLE.replace("{table}", table) for table in GIVEN_TABLES)
GIVING_BACK = (
    "".join(_OF_A_TABLE_BACK.replace("{table}", table) for table in GIVEN_TABLES)
    + """
DROP TRIGGER access_user_name ON access_user;
DROP TRIGGER access_user_service ON access_user;
DROP FUNCTION access_names_stay();
DROP FUNCTION access_taken_is_taken();
DROP FUNCTION access_giver_may_give();
"""
)
