#!/bin/sh
# Run once by the postgres image when it makes its data folder: the roles, the database, the extensions.
set -eu
secrets=${LEADTRAC_SECRETS_DIR:-/run/secrets}
LEADTRAC_OWNER_PASSWORD=$(cat "$secrets/owner")
LEADTRAC_APP_PASSWORD=$(cat "$secrets/app")
LEADTRAC_MAINTAIN_PASSWORD=$(cat "$secrets/maintain")
export LEADTRAC_OWNER_PASSWORD LEADTRAC_APP_PASSWORD LEADTRAC_MAINTAIN_PASSWORD

sql=${LEADTRAC_SQL_DIR:-/leadtrac}
run() { psql -X -q -v ON_ERROR_STOP=1 -U "${POSTGRES_USER:-postgres}" "$@"; }
run -d postgres -f "$sql/roles.sql"
run -d template1 -f "$sql/database.sql"
run -d leadtrac -f "$sql/database.sql"
