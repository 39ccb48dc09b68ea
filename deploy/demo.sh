#!/usr/bin/env bash
# Fills the demo when that has not been done, says where everything is, and runs the product until Ctrl-C.
set -euo pipefail
cd "$(dirname "$0")/.."

export PATH="$PWD/.venv/bin:$PATH"
export NAOBER_VAR="${NAOBER_VAR:-$PWD/var}"
export DEMO=yes HTTPS=no BASE_DOMAIN=localhost
export LOG_LEVEL="${LOG_LEVEL:-WARNING}"
export EMAIL_BACKEND=config.demo_post.EmailBackend
export SECRET_KEY_FILE="$NAOBER_VAR/secret-key"
mkdir -p "$NAOBER_VAR"
[ -s "$SECRET_KEY_FILE" ] || (umask 077 && python -c 'import secrets; print(secrets.token_urlsafe(64))' >"$SECRET_KEY_FILE")

free_port() { # the port asked for, or any free one when somebody else has it
    python - "$1" <<'PYTHON'
import socket, sys
for port in (int(sys.argv[1]), 0):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(probe.getsockname()[1])
        break
PYTHON
}
WEB_PORT="$(free_port "${WEB_PORT:-8000}")"
NATIONAL_PORT="$(free_port "${NATIONAL_PORT:-8001}")"
export WEB_PORT NATIONAL_PORT PUBLIC_PORT="$WEB_PORT"

all_logins=owner,web,shared_web,aggregator,releaser
if [ ! -e "$NAOBER_VAR/demo.filled" ]; then
    if [ -e "$NAOBER_VAR/demo.filling" ] && [ -z "${DATABASE_URL:-}" ]; then
        echo "The demo was interrupted while it was being filled; starting afresh."
        python -m config.servers remove
    fi
    touch "$NAOBER_VAR/demo.filling"
    DATABASE_LOGINS="$all_logins" python manage.py setup_database
    DATABASE_LOGINS="$all_logins" python manage.py school_holidays_load
    DATABASE_LOGINS="$all_logins" python manage.py synthesize --municipalities "${MUNICIPALITIES:-50}" --scale "${SCALE:-1}" --seed "${SEED:-2026}"
    mv "$NAOBER_VAR/demo.filling" "$NAOBER_VAR/demo.filled"
else
    # A demo of an earlier version gets the tables of this one; otherwise this takes a moment.
    DATABASE_LOGINS="$all_logins" python manage.py setup_database
fi
DATABASE_LOGINS="$all_logins" python manage.py practice_municipality
DATABASE_LOGINS="$all_logins" python manage.py demo

exec honcho --procfile deploy/Procfile start --no-prefix
