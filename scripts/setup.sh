#!/usr/bin/env bash
# Installs what the tests need and this machine lacks: the kernel's tools, QEMU and Node with apt (Debian or Ubuntu, as
# root), then the npm packages; builds the guest ring's image. Does nothing where everything is installed.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/path.sh

# The programs that the tests run, each with its package.
needs=(iptables-nft:iptables iptables-legacy:iptables ipset:ipset conntrack:conntrack ip:iproute2 nft:nftables ps:procps nsenter:util-linux
  qemu-system-x86_64:qemu-system-x86 busybox:busybox-static ipvsadm:ipvsadm modprobe:kmod cpio:cpio kubectl:kubernetes-client
  systemd-analyze:systemd systemd-notify:systemd dig:bind9-dnsutils named-checkzone:bind9-utils zsh:zsh fish:fish mandoc:mandoc
  chromium:chromium)
# Programs from packages of servers, which apt would start now and at every boot: only the program is extracted.
servers=(promtool:prometheus:usr/bin named:bind9:usr/sbin knotd:knot:usr/sbin)

has() { command -v "$1" >/dev/null; }

node_is_new() {
  has npm && has node && node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 12) ? 0 : 1)'
}

packages=()
for need in "${needs[@]}"; do has "${need%%:*}" || packages+=("${need##*:}"); done
# Debian 12 has Node 18: too old for the tests, but able to fetch a newer one.
if ! node_is_new && ! { has node && has npm; }; then packages+=(nodejs npm ca-certificates); fi

if [ ${#packages[@]} -gt 0 ]; then
  mapfile -t packages < <(printf '%s\n' "${packages[@]}" | sort -u)
  if [ "$(id -u)" != 0 ] || ! has apt-get; then
    echo "setup: not root on Debian, so these stay missing: ${packages[*]}" >&2
  else
    export DEBIAN_FRONTEND=noninteractive
    install=(apt-get install -y -q --no-install-recommends "${packages[@]}")
    "${install[@]}" || { apt-get update -q && "${install[@]}"; }
  fi
fi

if ! node_is_new; then
  echo "setup: $(node --version) is too old, fetching Node 22 into .cache/node"
  npm install --prefix .cache/node --no-audit --no-fund --no-save node@22 npm@10
fi
hash -r
node_is_new || { echo "setup: no Node 20.12 or newer" >&2; exit 1; }

# Extracts the program of a package into .cache/bin; its libraries are installed as packages.
fetch_program() {
  local program=$1 package=$2 directory=$3 work libraries code
  mapfile -t libraries < <(apt-cache depends "$package" | sed -n 's/^ *Depends: \(lib[^ <]*\|bind9-libs\)$/\1/p' | grep -v '^libjs-')
  [ "$(id -u)" != 0 ] || apt-get install -y -q --no-install-recommends --no-upgrade "${libraries[@]}" || return
  work=$(mktemp -d ".cache/$program.XXXXXX")
  (cd "$work" && apt-get download -q -o APT::Sandbox::User=root "$package" && dpkg-deb --fsys-tarfile "$package"_*.deb | tar x "./$directory/$program") &&
    mv "$work/$directory/$program" .cache/bin/
  code=$?
  rm -r "$work"
  return $code
}
for server in "${servers[@]}"; do
  IFS=: read -r program package directory <<<"$server"
  if ! has "$program" && has apt-get && has dpkg-deb; then
    mkdir -p .cache/bin
    fetch_program "$program" "$package" "$directory" || { apt-get update -q && fetch_program "$program" "$package" "$directory"; } ||
      echo "setup: no $program (Debian package $package)" >&2
  fi
done

# npm writes the hidden lockfile last: a newer one means that this package-lock.json is completely installed.
if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then npm ci --ignore-scripts --no-audit --no-fund; fi
# Without it the tests of listings by a newer nft report that it is missing.
bash scripts/nft-new.sh >/dev/null || echo "setup: no newer nft" >&2
# Without the image the guest ring reports why it cannot run; the other rings can.
bash scripts/guest-image.sh >/dev/null || true
echo "setup: Node $(node --version), $(iptables-nft --version 2>/dev/null || echo 'no iptables')"
