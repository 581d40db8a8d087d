#!/bin/sh
# Runs the given command beside a throw-away PostgreSQL, named to it in NARU_TEST_DATABASE.
# Where there is none and none may be installed, one line says what was left out and why.
set -eu

newest_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }

install_on_debian() {
  [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] && command -v apt-get >/dev/null || return 0
  echo "Installing PostgreSQL from Debian's packages for the tests"
  # No cluster of the machine's own is wanted: the tests bring theirs and take it away.
  mkdir -p /etc/postgresql-common/createcluster.d
  echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/naru-tests.conf
  export DEBIAN_FRONTEND=noninteractive
  { apt-get -qq update && apt-get -qq install -y --no-install-recommends postgresql; } \
    >/dev/null 2>&1 || echo "apt-get could not install postgresql" >&2
}

# PostgreSQL refuses to run as root, so root lends it another name.
as_server() {
  if [ "$(id -u)" != 0 ]; then "$@"
  elif id postgres >/dev/null 2>&1; then runuser -u postgres -- "$@"
  else runuser -u nobody -- "$@"
  fi
}

# Below the ports that the system lends to outgoing connections, and above those of tests/ports.py.
free_port() {
  .venv/bin/python - <<'PYTHON'
import random, socket
while True:
    port = random.randrange(30300, 32700)
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
    print(port)
    break
PYTHON
}

start() {
  cluster=$(mktemp -d)
  trap stop EXIT
  trap 'exit 130' INT TERM
  password=$(.venv/bin/python -c 'import secrets; print(secrets.token_hex(16))')
  echo "$password" >"$cluster/password"
  if [ "$(id -u)" = 0 ]; then
    chown -R "$(id -u postgres 2>/dev/null || id -u nobody)" "$cluster"
  fi
  as_server "$bin/initdb" -D "$cluster/data" -U naru --pwfile="$cluster/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C --no-sync >/dev/null
  port=$(free_port)
  # What these tests ask of PostgreSQL is its answers; nothing of it is kept, so nothing is synced.
  as_server "$bin/pg_ctl" -D "$cluster/data" -l "$cluster/log" -w start >/dev/null \
    -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories='' -c fsync=off"
  export NARU_TEST_DATABASE="postgresql://naru:$password@127.0.0.1:$port/postgres"
}

stop() {
  as_server "$bin/pg_ctl" -D "$cluster/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$cluster"
}

if [ -n "${NARU_TEST_DATABASE:-}" ]; then
  exec "$@"
fi
[ -n "$(newest_bin)" ] || install_on_debian
bin=$(newest_bin)
if [ -z "$bin" ]; then
  echo "LEFT OUT: the tests on PostgreSQL, because none is installed and only root on Debian" \
    "may install one here. To run them, install it or name one in NARU_TEST_DATABASE."
  exit 0
fi
start
echo "The tests run once more, on $("$bin/postgres" --version)"
"$@"
