-- Roles and database of LeadTrac. Run by a superuser, with psql, as often as you like:
--
--   LEADTRAC_OWNER_PASSWORD=... LEADTRAC_APP_PASSWORD=... LEADTRAC_MAINTAIN_PASSWORD=... \
--     psql -X -v ON_ERROR_STOP=1 -d postgres -f roles.sql
--
-- leadtrac_owner     owns the database and every table; migrations run as it; it may create databases for tests
-- leadtrac_app       the web processes, the workers and the shell; owns nothing, so row-level security holds
-- leadtrac_maintain  rewrites tables in a maintenance window (MAINTAIN); migrations grant it the tables

\getenv owner_password LEADTRAC_OWNER_PASSWORD
\getenv app_password LEADTRAC_APP_PASSWORD
\getenv maintain_password LEADTRAC_MAINTAIN_PASSWORD

SELECT format('CREATE ROLE %I', name)
  FROM unnest(ARRAY['leadtrac_owner', 'leadtrac_app', 'leadtrac_maintain']) AS name
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

ALTER ROLE leadtrac_owner    LOGIN NOSUPERUSER CREATEDB   NOCREATEROLE NOBYPASSRLS NOREPLICATION PASSWORD :'owner_password';
ALTER ROLE leadtrac_app      LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION PASSWORD :'app_password';
ALTER ROLE leadtrac_maintain LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION PASSWORD :'maintain_password';

SELECT 'CREATE DATABASE leadtrac OWNER leadtrac_owner'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'leadtrac')
\gexec

ALTER DATABASE leadtrac OWNER TO leadtrac_owner;
