#!/usr/bin/env bash
# Boots the guest ring's machine under QEMU and keeps it running: `guest-boot.sh [PORTS]` prints `ready FOLDER` once it
# accepts programs. The folder holds the sockets port0, port1, … (protocol: scripts/agent.pl) and console.log. Needs
# neither root nor KVM. Ending this script removes the machine and its folder.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/path.sh

image=$(bash scripts/guest-image.sh)
folder=$(mktemp -d -t vipc-guest-XXXXXX)
qemu=
trap 'trap "" INT TERM HUP PIPE; stop; rm -rf "$folder"' EXIT
trap 'exit 1' INT TERM HUP

ports=()
for ((i = 0; i < ${1:-1}; i++)); do
  ports+=(-chardev "socket,id=port$i,path=$folder/port$i,server=on,wait=off" -device "virtserialport,chardev=port$i,name=agent$i")
done

# stop: bash reports the kill, and the reader of its output may be gone.
stop() { { kill -9 "$qemu" && wait "$qemu"; } 2>/dev/null || true; }

# boot: starts it; setpriv ends it with this script, however the script ends.
boot() {
  : >"$folder/console.log"
  setpriv --pdeathsig KILL qemu-system-x86_64 -accel tcg,thread=multi -cpu max -M q35,sata=off,smbus=off -smp 2 -m 1024 \
    -nodefaults -display none -no-reboot -serial "file:$folder/console.log" \
    -kernel "$image/vmlinuz" -initrd "$image/initrd" -append 'console=ttyS0 quiet panic=-1 mitigations=off' \
    -device virtio-serial-pci "${ports[@]}" >"$folder/qemu.log" 2>&1 </dev/null &
  qemu=$!
}

# ready: waits for its message, at least five minutes; on a busy machine each look takes longer.
ready() {
  for ((i = 0; i < 3000; i++)); do
    if grep -q '^guest: ready' "$folder/console.log"; then return; fi
    kill -0 "$qemu" 2>/dev/null || return 1
    sleep 0.1
  done
  return 1
}

for _ in 1 2; do
  boot
  if ready; then
    echo "ready $folder"
    wait "$qemu"
    exit
  fi
  stop
done
tail -n 40 "$folder/qemu.log" "$folder/console.log" >&2
echo 'guest: does not boot under QEMU' >&2
exit 1
