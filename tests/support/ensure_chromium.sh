#!/bin/sh
# Prints the path of a Chromium that starts: one that is there, else Debian's package, else Playwright's own (an empty line, as
# Playwright finds that by itself). Where none can be had it says what to install and fails.
# Usage: ensure_chromium.sh PLAYWRIGHT
set -u
playwright=${1:-playwright}

found() {
	for candidate in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
		[ -n "$candidate" ] || continue
		path=$(command -v "$candidate") || continue
		# A wrapper on PATH may have no browser behind it: ask it for its version.
		if "$path" --version >/dev/null 2>&1; then
			echo "$path"
			return 0
		fi
	done
	return 1
}

found && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "No Chromium here: installing Debian's package." >&2
	export DEBIAN_FRONTEND=noninteractive
	{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >&2
	found && exit 0
fi

echo "No Chromium here: asking Playwright for its own." >&2
if "$playwright" install chromium >&2; then
	echo
	exit 0
fi

echo "The tests need a Chromium. Install one (on Debian: apt-get install chromium), or set CHROMIUM to its path." >&2
exit 1
