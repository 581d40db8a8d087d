#!/bin/sh
# Runs the tests as given. What fails beside all the others is asked once more, by itself: a machine
# that does much else may fail a bound of time or memory that holds, a fault fails both times.
# What passed only the second time is named, to be mended; failures in more than five files are no
# accident (one fixture that failed fails each test that stands on it).
set -u

most=5
cache=$(mktemp -d)
trap 'rm -rf "$cache"' EXIT

"$@" -o cache_dir="$cache"
status=$?
failed=$(.venv/bin/python - "$cache/v/cache/lastfailed" <<'PYTHON'
import json, pathlib, sys
kept = pathlib.Path(sys.argv[1])
print("\n".join(json.loads(kept.read_text())) if kept.exists() else "")
PYTHON
)
# Of pytest's exit codes 1 alone says that tests ran to their end and some failed.
if [ "$status" != 1 ] || [ -z "$failed" ] || [ "$(echo "$failed" | sed 's/::.*//' | sort -u | wc -l)" -gt "$most" ]; then
  exit "$status"
fi
printf '\n=== Asked once more, by themselves:\n%s\n' "$failed"
if "$@" -n 0 -o cache_dir="$cache" --last-failed --last-failed-no-failures none; then
  printf '\n=== UNSTEADY, passed only when asked by themselves:\n%s\n' "$failed"
else
  exit 1
fi
