#!/bin/sh
# Prints the first Python of 3.11 or later: the one named in $PYTHON, else the usual names.
set -u

for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python}; do
  if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    "$name" -c 'import sys; print(sys.executable)'
    exit 0
  fi
done

if [ -n "${PYTHON:-}" ]; then
  echo "PYTHON=$PYTHON is not a Python of 3.11 or later." >&2
else
  echo "No Python of 3.11 or later was found." \
    "Install one (on Debian 12 or later: apt install python3 python3-venv)" \
    "or name it: make setup PYTHON=/path/to/python3.12" >&2
fi
exit 1
