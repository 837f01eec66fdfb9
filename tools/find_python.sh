#!/bin/sh
# Prints the Python that .venv is made with: the first one that is new enough, has the venv module and was compiled with optimizations.
# Without them, which is how pyenv compiles, everything takes a sixth longer, so a newer one without them comes after it. If none has
# them, it is the first of the others.
set -u

is_suitable() {
	"$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

is_optimized() {
	case $(command -v "$1") in
	/usr/bin/*) return 0 ;; # distributions optimize theirs, each in its own way
	esac
	"$1" -c 'import sys, sysconfig; sys.exit("--enable-optimizations" not in (sysconfig.get_config_var("CONFIG_ARGS") or ""))' 2>/dev/null
}

first=
for candidate in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
	is_suitable "$candidate" || continue
	if is_optimized "$candidate"; then
		echo "$candidate"
		exit 0
	fi
	first=${first:-$candidate}
done
echo "$first"
