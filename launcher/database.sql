-- What one database needs before the first migration. Run by a superuser in that database, as often as you like.
-- The launcher also runs it in template1, so that databases the owner creates for tests have the same extensions.

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS btree_gin;

ALTER SCHEMA public OWNER TO leadtrac_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO leadtrac_app, leadtrac_maintain;
