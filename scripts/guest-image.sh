#!/usr/bin/env bash
# Builds the guest ring's machine, once: Debian's cloud kernel, which has IPVS, and an initramfs with this machine's
# network tools. Prints the folder that holds `vmlinuz` and `initrd`. Needs Debian on amd64, but not root.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/path.sh

CACHE=$PWD/.cache/guest
KERNEL=linux-image-cloud-amd64

# The contents: each program with its package. busybox provides everything else that a shell expects, except commands
# that start other programs: it would start its own applets instead of those here.
tools=(busybox:busybox-static bash:bash perl:perl-base ip:iproute2 nft:nftables ipset:ipset conntrack:conntrack
  xtables-nft-multi:iptables xtables-legacy-multi:iptables ipvsadm:ipvsadm ipvsadm-save:ipvsadm ipvsadm-restore:ipvsadm
  sysctl:procps ps:procps modprobe:kmod unshare:util-linux nsenter:util-linux setsid:util-linux
  env:coreutils timeout:coreutils xargs:findutils)
# The programs that build and run it.
makers=(qemu-system-x86_64:qemu-system-x86 cpio:cpio depmod:kmod flock:util-linux setpriv:util-linux apt-get:apt dpkg:dpkg)

fail() { echo "guest: $*" >&2; exit 1; }

missing=()
for need in "${tools[@]}" "${makers[@]}"; do
  command -v "${need%%:*}" >/dev/null || missing+=("needs ${need%%:*} (Debian package ${need##*:})")
done
if [ ${#missing[@]} -gt 0 ]; then
  list=$(printf '; %s' "${missing[@]}")
  fail "${list:2}"
fi
[ "$(dpkg --print-architecture)" = amd64 ] || fail "needs Debian on amd64, this is $(dpkg --print-architecture)"

# The kernel is not part of the key: any version will do, and asking for the newest needs the network.
mapfile -t packages < <(printf '%s\n' "${tools[@]##*:}" | sort -u)
key=$({ cat scripts/guest-{image,init}.sh scripts/agent.pl; dpkg-query -W "${packages[@]}" || true; } | sha256sum | cut -c1-16)
image=$CACHE/$key
finished() { if [ -d "$image" ]; then echo "$image"; exit; fi; }

finished
mkdir -p "$CACHE"
exec 9>"$CACHE/lock"
flock 9
finished # by whoever held the lock

echo "guest: making the image, once" >&2
work=$(mktemp -d "$CACHE/making.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'fail "the image cannot be made (guest-image.sh, line $LINENO)"' ERR

# fetch: leaves the newest kernel package in $CACHE/kernel.deb.
fetch() {
  local package
  package=$(apt-cache depends "$KERNEL" 2>/dev/null | sed -n 's/^ *Depends: *\(linux-image-[0-9].*\)/\1/p' | head -1)
  [ -n "$package" ] || return 1
  (cd "$work" && apt-get download -q -o APT::Sandbox::User=root "$package" >&2) || return 1
  mv "$work"/linux-image-*.deb "$CACHE/kernel.deb"
}
[ -e "$CACHE/kernel.deb" ] || fetch || { apt-get update -q >&2 && fetch; } ||
  fail "needs a kernel with IPVS, cannot fetch one (Debian package $KERNEL)"

dpkg -x "$CACHE/kernel.deb" "$work/kernel"
version=$(ls "$work/kernel/lib/modules")
root=$work/root modules=lib/modules/$version
mkdir -p "$root"/{dev,proc,sys,run,tmp,root,etc,var/lib,usr/bin,"usr/$modules/kernel/drivers/net"}
for folder in bin sbin usr/sbin; do ln -s /usr/bin "$root/$folder"; done
ln -s usr/lib "$root/lib"

from=$work/kernel/$modules to=$root/usr/$modules
cp "$from"/modules.{builtin,builtin.modinfo,order} "$to"
for folder in net lib crypto drivers/virtio; do (cd "$from" && cp -r --parents "kernel/$folder" "$to"); done
for module in char/virtio_console net/{dummy,veth,tun,macvlan}; do (cd "$from" && cp --parents "kernel/drivers/$module.ko" "$to"); done
# Large, and unrelated to Services; some need modules that are missing here.
(cd "$to/kernel/net" && rm -rf 9p ceph openvswitch rds smc sunrpc tipc vmw_vsock)
depmod -b "$root" "$version"

for tool in "${tools[@]%%:*}"; do cp -L "$(command -v "$tool")" "$root/usr/bin"; done
ln -s bash "$root/usr/bin/sh"
for variant in nft legacy; do
  for name in {iptables,ip6tables}-$variant{,-save,-restore}; do ln -s "xtables-$variant-multi" "$root/usr/bin/$name"; done
done
for name in depmod insmod lsmod modinfo rmmod; do ln -s modprobe "$root/usr/bin/$name"; done
for applet in $(busybox --list); do [ -e "$root/usr/bin/$applet" ] || ln -s busybox "$root/usr/bin/$applet"; done

shopt -s nullglob
libraries=(/usr/lib/*-linux-gnu/{xtables,perl-base})
cp -r --parents "${libraries[@]}" "$root"
# Also the libraries of extensions. ldd fails for scripts; it prints `NAME => FILE (…)`, for the loader only `FILE (…)`.
mapfile -t binaries < <(find "$root/usr/bin" "${libraries[@]}" -type f \( -perm -u+x -o -name '*.so' \))
{ ldd "${binaries[@]}" 2>/dev/null || true; } | grep -o '/[^ ]* (0x' | sed 's/ (0x//' | sort -u >"$work/libraries"
while read -r library; do
  mkdir -p "$root/usr${library%/*}"
  cp -L "$library" "$root/usr${library%/*}"
done < <(sed 's:^/usr::' "$work/libraries")
ln -s usr/lib64 "$root/lib64"

cp scripts/guest-init.sh "$root/init"
cp scripts/agent.pl "$root/usr/bin/guest-agent"
chmod 755 "$root/init" "$root/usr/bin/guest-agent"

# Uncompressed, because the kernel unpacks that fastest.
mkdir "$work/image"
cp "$work/kernel/boot/vmlinuz-$version" "$work/image/vmlinuz"
(cd "$root" && find . -print0 | cpio --null --create --format=newc --owner=+0:+0 --quiet) >"$work/image/initrd"

# The image is complete; older ones had other inputs.
mv "$work/image" "$image"
find "$CACHE" -mindepth 1 -maxdepth 1 -type d ! -path "$image" -exec rm -rf {} +
finished
