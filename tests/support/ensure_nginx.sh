#!/bin/sh
# Prints the path of an nginx that starts: the one that NGINX names, one that is there, else Debian's package. Where none can be had it
# says what to install and fails.
set -u

found() {
	for candidate in "${NGINX:-}" nginx /usr/sbin/nginx /usr/local/sbin/nginx; do
		[ -n "$candidate" ] || continue
		path=$(command -v "$candidate") || continue
		if "$path" -v >/dev/null 2>&1; then
			echo "$path"
			return 0
		fi
	done
	return 1
}

found && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "No nginx here: installing Debian's package." >&2
	export DEBIAN_FRONTEND=noninteractive
	{ apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx; } >&2
	found && exit 0
fi

echo "The tests put two servers behind nginx. Install it (on Debian: apt-get install nginx), or set NGINX to its path." >&2
exit 1
