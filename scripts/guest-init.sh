#!/bin/bash
# The first program of the guest ring's machine: mounts what Linux programs expect, loads IPVS, and starts one agent for
# each serial port.
export PATH=/usr/bin HOME=/root LC_ALL=C
umask 022
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm
ln -s /proc/self/fd /dev/fd
ln -s fd/0 /dev/stdin
ln -s fd/1 /dev/stdout
ln -s fd/2 /dev/stderr
mount -t devpts devpts /dev/pts
mount -t tmpfs run /run
mkdir -p /run/netns /run/lock
mount -t tmpfs tmp /tmp
exec </dev/null >/dev/console 2>&1

echo root:x:0:0:root:/root:/bin/sh >/etc/passwd
echo '127.0.0.1 localhost' >/etc/hosts
# ipset and iptables resolve protocol names with this file.
printf '%s\n' 'icmp 1 ICMP' 'tcp 6 TCP' 'udp 17 UDP' 'ipv6-icmp 58 IPv6-ICMP' 'vrrp 112 VRRP' 'sctp 132 SCTP' >/etc/protocols

# Before their sysctls are written. The kernel loads the rest, such as schedulers, on demand.
modprobe -a virtio_pci virtio_console nf_conntrack ip_vs tun
# All namespaces share this table; sized by this machine's memory, it would hold only a few thousand connections.
echo 262144 >/proc/sys/net/netfilter/nf_conntrack_max
# Loaded on demand, the module would add an unwanted dummy0.
modprobe dummy numdummies=0
ip link set lo up
hostname guest

# Without udev the ports have no names.
for port in /sys/class/virtio-ports/*; do
  [[ $(<"$port/name") == agent* ]] || continue
  {
    # Each agent has its own lock of iptables-legacy: the one in /run is shared by all network namespaces.
    XTABLES_LOCKFILE=/run/xtables-${port##*/}.lock perl /usr/bin/guest-agent "/dev/${port##*/}"
    # A machine that does not answer is worse than none.
    echo "guest: the agent of ${port##*/} ended"
    poweroff -f
  } &
done

echo 'guest: ready'
while :; do wait; sleep 1; done
