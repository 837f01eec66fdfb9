#!/bin/sh
# Prints the path of the lowest Python that pyproject.toml promises, with its venv module: one that is there, else Debian's package. Where
# it cannot be had it prints nothing and says so.
set -u

cd "$(dirname "$0")/../.."
version=$(sed -n 's/^requires-python = ">=\([0-9.]*\)"$/\1/p' pyproject.toml)

found() {
	for candidate in "python$version" "/usr/bin/python$version" "/usr/local/bin/python$version"; do
		path=$(command -v "$candidate") || continue
		if "$path" -c "import ensurepip, sys, venv; sys.exit('%d.%d' % sys.version_info[:2] != '$version')" >/dev/null 2>&1; then
			echo "$path"
			return 0
		fi
	done
	return 1
}

found && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	export DEBIAN_FRONTEND=noninteractive
	{ apt-get update -qq && apt-get install -y -qq --no-install-recommends "python$version" "python$version-venv"; } >&2
	found && exit 0
fi

echo "Python $version cannot be installed here: what pyproject.toml promises of it is not tested." >&2
exit 0
