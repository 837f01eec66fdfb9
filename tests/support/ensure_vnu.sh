#!/bin/sh
# Prints the path of the Nu HTML checker's jar, after seeing that Java starts: VNU_JAR where it is set, else the pinned version that
# npm fetches into a folder. Where it can't be had it says what to install and fails.
# Usage: ensure_vnu.sh FOLDER
set -u
folder=${1:-.venv/vnu}
version=26.9.27
checksum=22f15dd39a33bed929d2a5c0cddf5946849a647eca9272bf4d5d00bc7e7a4d47
jar=$folder/node_modules/vnu-jar/build/dist/vnu.jar

# Asks a command for its version, and where that fails asks Debian for the package that brings it.
ensure() {
	"$1" "$2" >/dev/null 2>&1 && return 0
	if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
		echo "No $1 here: installing Debian's package $3." >&2
		export DEBIAN_FRONTEND=noninteractive
		{ apt-get update -qq && apt-get install -y -qq --no-install-recommends "$3"; } >&2
		"$1" "$2" >/dev/null 2>&1 && return 0
	fi
	echo "The tests check every page's HTML and need $1 for that. Install it (on Debian: apt-get install $3)." >&2
	exit 1
}

good() {
	[ -f "$jar" ] && echo "$checksum  $jar" | sha256sum --check --status
}

ensure java -version default-jre-headless
if [ -n "${VNU_JAR:-}" ]; then
	[ -f "$VNU_JAR" ] || { echo "VNU_JAR names $VNU_JAR, which is not there." >&2; exit 1; }
	echo "$VNU_JAR"
	exit 0
fi
good || {
	ensure npm --version npm
	echo "Fetching the HTML checker." >&2
	npm install --silent --no-audit --no-fund --no-save --prefix "$folder" "vnu-jar@$version" >&2
}
good || {
	echo "npm could not bring vnu-jar $version as it is expected. Fetch it by hand and set VNU_JAR to the path of vnu.jar." >&2
	exit 1
}
echo "$jar"
