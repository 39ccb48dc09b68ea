#!/bin/sh
# The owner of the database: may make databases and roles, and is no superuser. Run once, by the database's own image.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$OWNER_PASSWORD" --username postgres <<'SQL'
CREATE ROLE naober LOGIN CREATEDB CREATEROLE PASSWORD :'password';
CREATE DATABASE naober OWNER naober;
SQL
