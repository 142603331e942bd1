#!/usr/bin/env bash
# Fetches a newer nft than the machine's, Debian 13's, into .cache/nft-new with its libraries and loader, and installs
# nothing: an nft of its own for tests of listings by a newer version. Does nothing where it is there.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$PWD/.cache/nft-new
[ -x "$target/nft" ] && "$target/nft" --version >/dev/null && exit
has() { command -v "$1" >/dev/null; }
has apt-get && has dpkg-deb || { echo "nft-new: no apt-get" >&2; exit 1; }

# The machine's own mirror of Debian.
mirror=$(apt-get update --print-uris | sed -n "s|^'\\(.*\\)/dists/[^/']*/InRelease'.*|\\1|p" | grep -v security | head -1)
[ -n "$mirror" ] || { echo "nft-new: apt has no mirror" >&2; exit 1; }
mkdir -p .cache
work=$(mktemp -d "$PWD/.cache/nft-new.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p apt/lists/partial apt/archives/partial root
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror trixie main" >apt/sources.list
apt=(apt-get -q -o "Dir::Etc::sourcelist=$PWD/apt/sources.list" -o Dir::Etc::sourceparts=- -o "Dir::State::lists=$PWD/apt/lists"
  -o "Dir::Cache=$PWD/apt" -o APT::Sandbox::User=root -o Acquire::Languages=none)
"${apt[@]}" update >&2
"${apt[@]}" download nftables libnftables1 libnftnl11 libjansson4 libmnl0 libxtables12 libedit2 libtinfo6 libbsd0 libmd0 libgmp10 libc6 >&2
for package in *.deb; do dpkg-deb -x "$package" root; done
cat >nft <<'EOF'
#!/bin/sh
root=$(dirname "$(readlink -f "$0")")/root
library=$(dirname "$root"/usr/lib/*/libnftables.so.1)
exec "$library"/ld-linux-*.so.* --library-path "$library" "$root/usr/sbin/nft" "$@"
EOF
chmod +x nft
./nft --version >&2
rm -rf "$target"
mkdir "$target"
mv nft root "$target"
