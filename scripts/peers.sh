#!/bin/sh
# Brings the programs of others that the tests let speak to a running node: Debian's packages where
# root may install them, npm packages by their lock file, and Java libraries from Maven Central.
# A registry that does not answer is asked again; what is already there is not asked for.
set -eu
cd "$(dirname "$0")/.."

PATH=$PATH:/usr/sbin:/sbin
peers=tests/peers
missing=0

has() { command -v "$1" >/dev/null 2>&1; }

# Patience grows, since a registry that is busy now may answer in a minute.
persistently() {
  for pause in 5 20 60; do
    "$@" && return 0
    echo "Failed; once more in $pause s: $*" >&2
    sleep "$pause"
  done
  "$@"
}

lacking() {
  grep -v '^#' "$peers/debian-packages.txt" | while read -r program packages; do
    has "$program" || echo "$packages"
  done
}

apt_install() {
  apt-get -qq update && apt-get -qq install -y --no-install-recommends "$@"
}

bring_debian() {
  wanted=$(lacking | tr '\n' ' ')
  [ -n "$wanted" ] || return 0
  if ! { [ "$(id -u)" = 0 ] && [ -f /etc/debian_version ] && has apt-get; }; then
    echo "LEFT OUT: only root on Debian may install $wanted" >&2
    return 1
  fi
  echo "Installing from Debian's packages: $wanted"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086  # A list of packages.
  persistently apt_install $wanted >/dev/null
}

# A folder is up to date when its stamp is newer than all that it is made from.
is_done() {
  stamp=$1
  shift
  [ -f "$stamp" ] && [ -z "$(find "$@" -newer "$stamp" -type f)" ]
}

bring_npm() {
  folder=$peers/node
  is_done "$folder/node_modules/.ready" "$folder/package-lock.json" && return 0
  has npm || return 1
  echo "Installing what $folder/package-lock.json names"
  persistently npm ci --prefix "$folder" --ignore-scripts --silent &&
    touch "$folder/node_modules/.ready"
}

bring_maven() {
  folder=$peers/$1
  is_done "$folder/target/.ready" "$folder/pom.xml" "$folder/src" && return 0
  has mvn || return 1
  echo "Building $folder with what its pom.xml names"
  rm -rf "$folder/target"
  persistently mvn -q -B -ntp -f "$folder/pom.xml" dependency:build-classpath \
    -Dmdep.outputFile=target/classpath || return 1
  find "$folder/src" -name '*.java' -exec javac -encoding UTF-8 --release 17 -proc:none \
    -cp "$(cat "$folder/target/classpath")" -d "$folder/target/classes" {} + &&
    touch "$folder/target/.ready"
}

bring() {
  "$@" || { echo "MISSING after all tries: $*" >&2; missing=1; }
}

bring bring_debian
[ ! -f "$peers/node/package-lock.json" ] || bring bring_npm
for pom in "$peers"/*/pom.xml; do
  [ ! -f "$pom" ] || bring bring_maven "$(basename "$(dirname "$pom")")"
done
exit "$missing"
