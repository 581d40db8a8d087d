#!/bin/sh
# Makes .venv from the lock file and leaves the program at .venv/bin/naru.
# The installer is pinned here; what the program runs on is pinned, with its hash, in uv.lock.
set -eu
cd "$(dirname "$0")/.."

uv_version=0.13.8
venv=.venv

works() { "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
has_pip() { "$venv/bin/python" -m pip --version >/dev/null 2>&1; }

make_environment() {
  python=$(scripts/find-python.sh)
  echo "Making $venv with $python"
  if "$python" -m venv --clear "$venv" >/dev/null 2>&1; then
    return
  fi
  # Debian splits `ensurepip` off into python3-venv; a pip that stands beside Python serves as well.
  if "$python" -m venv --clear --without-pip "$venv" >/dev/null 2>&1 &&
    "$python" -m pip --python "$venv/bin/python" install -q pip >/dev/null 2>&1; then
    return
  fi
  rm -rf "$venv"
  echo "$python cannot make a virtual environment here." \
    "On Debian or Ubuntu run: apt install python3-venv" \
    "(elsewhere: a Python with the venv and ensurepip modules), then make setup again." >&2
  exit 1
}

install_locked() {
  UV_PYTHON_DOWNLOADS=never "$venv/bin/uv" sync --frozen --quiet --python "$venv/bin/python" "$@"
}

if ! works || ! has_pip; then
  make_environment
fi
if [ "$("$venv/bin/uv" --version 2>/dev/null | cut -d' ' -f2)" != "$uv_version" ]; then
  "$venv/bin/python" -m pip install -q --disable-pip-version-check "uv==$uv_version"
fi

echo "Installing what uv.lock names"
unset VIRTUAL_ENV UV_PROJECT_ENVIRONMENT
# Many hospital networks inspect TLS: the certificates this machine trusts are the second try.
if ! install_locked; then
  echo "Trying once more with the certificates this machine trusts"
  install_locked --system-certs
fi
echo "The program is at $venv/bin/naru"
