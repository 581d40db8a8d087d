#!/bin/sh
# Checks style, format and spelling before a commit; works without a network once set up.
# Switched on by: ln -s ../../scripts/before-commit.sh .git/hooks/pre-commit
exec make --no-print-directory lint
