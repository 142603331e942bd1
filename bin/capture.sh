#!/bin/sh
# Collects what a node has into a new directory, for vipc to read elsewhere: sh capture.sh [--flows] [DIR]
# Plain POSIX sh, for nodes where vipc is not installed. It only reads, and loads no kernel module to do so.
# --flows adds the connections that the kernel tracks: who talks to whom. docs/capture.md says what is in which file.
set -u
umask 077
export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
flows=no
[ "${1-}" != --flows ] || { flows=yes; shift; }
dir=${1-vipc-capture-$(uname -n)-$(date -u +%Y%m%dT%H%M%SZ)}
case $dir in -*) dir=./$dir ;; esac
mkdir "$dir" && cd "$dir" || { echo 'capture: it needs a new directory' >&2; exit 2; }

has() { command -v "$1" >/dev/null 2>&1; }
there() { if [ -e "$1" ]; then echo yes; else echo no; fi; }
# kernel SYMBOL: whether that part is loaded or built in; yes where that cannot be told.
symbols=$(grep -owE 'nft_do_chain|ip_set_type_register|ctnetlink_dump_table' /proc/kallsyms 2>&1)
[ $? -lt 2 ] || symbols='nft_do_chain ip_set_type_register ctnetlink_dump_table'
kernel() { case $symbols in *$1*) echo yes ;; *) echo no ;; esac; }
# note CODE FILE COMMAND: vipc finds outputs by this list.
note() { printf '%s\t%s\t' "$1" "$2" >>commands; shift 2; printf '%s\n' "$*" >>commands; }
# run FILE COMMAND: what it prints goes into FILE, what it complains about into FILE.err.
run() {
  out=$1
  shift
  if has "$1"; then
    "$@" >"$out" 2>"$out.err" </dev/null
    note $? "$out" "$@"
    [ -s "$out.err" ] || rm "$out.err"
  else
    echo "$1" >>missing
    note 127 - "$@"
  fi
}
# ask yes|no FILE COMMAND: with no, the kernel has nothing of that loaded: there is nothing to tell, and asking would load it.
# That ends with $none, as the command would.
none=0
ask() {
  kernel=$1 out=$2
  shift
  if [ "$kernel" = yes ] || ! has "$2"; then run "$@"; return; fi
  shift
  : >"$out"
  echo 'not run: the kernel has none of it loaded' >"$out.err"
  note $none "$out" "$@"
}
# As sysctl(8) prints them; names have dots for slashes and slashes for dots. /dev/null, so that grep prints names.
sysctls() (
  cd /proc/sys/net || exit
  grep -s '' /dev/null ipv4/ip_forward ipv4/ip_local_*port* ipv4/vs/* ipv4/conf/*/forwarding ipv4/conf/*/rp_filter \
    ipv4/conf/*/route_localnet ipv4/conf/*/arp_ignore ipv4/conf/*/arp_announce ipv6/conf/*/forwarding ipv6/conf/*/disable_ipv6 \
    bridge/* netfilter/nf_conntrack_* nf_conntrack_max | sed 'h; s/:.*//; y|/.|./|; x; s/^[^:]*://; x; G; s/\n/ = /; s/^/net./'
)
# busybox would take its own, which knows no -json.
for ip in /usr/sbin/ip /sbin/ip /usr/bin/ip /bin/ip; do [ ! -x $ip ] || break; done
[ ! -x $ip ] || ip() { "$ip" "$@"; }
kube_proxy() {
  for process in /proc/[0-9]*; do
    read -r name <"$process/comm" && [ "$name" = kube-proxy ] && tr '\0' ' ' <"$process/cmdline" && echo
  done 2>/dev/null
  return 0
}

echo 'vipc-capture 1' >vipc-capture
: >missing
run date.txt date -u +%Y-%m-%dT%H:%M:%SZ
run hostname.txt uname -n
run uname.txt uname -a
run os-release.txt cat /etc/os-release
run modules.txt cat /proc/modules
run kube-proxy.txt kube_proxy
run sysctl.conf sysctls

nft=$(kernel nft_do_chain)
for t in ip ip6; do
  ask "$nft" ${t}tables-nft.rules ${t}tables-nft-save
  ask "$(there /proc/net/${t}_tables_names)" ${t}tables-legacy.rules ${t}tables-legacy-save
  run ${t}tables-names.txt cat /proc/net/${t}_tables_names
  # Where the tools have no other name they are of one variant only.
  has ${t}tables-nft-save || has ${t}tables-legacy-save || ask "$nft" ${t}tables.rules ${t}tables-save
done
for t in iptables-save iptables-nft-restore iptables-legacy-restore iptables-restore; do run $t-version.txt $t --version; done
run nft-in-kernel.txt grep -q -m 1 nf_tables_newtable /proc/kallsyms
ask "$nft" nftables.rules nft list ruleset
ask "$nft" nftables.json nft -j list ruleset
ask "$nft" nft-tables.txt nft list tables
ask "$nft" nft-chains.txt nft list chains
for f in ip ip6; do ask "$nft" nft-$f-kube-proxy.txt nft list table $f kube-proxy; done
run nft-version.txt nft --version
for chain in filter.INPUT filter.FORWARD filter.OUTPUT nat.PREROUTING nat.INPUT nat.OUTPUT nat.POSTROUTING; do
  for f in ip ip6; do ask "$nft" nft-$f.$chain.json nft --json list chain $f "${chain%.*}" "${chain#*.}"; done
done
sets=$(kernel ip_set_type_register)
ask "$sets" ipset.rules ipset save
ask "$sets" ipset-list.txt ipset list -terse
run ip_vs.txt test -e /proc/net/ip_vs
ipvs=$(there /proc/net/ip_vs)
none=1
ask "$ipvs" ipvsadm-version.txt ipvsadm --version
ask "$ipvs" ipvsadm.rules ipvsadm --save -n
ask "$ipvs" ipvsadm-list.txt ipvsadm --list -n
ask "$ipvs" ipvsadm-timeouts.txt ipvsadm --list --timeout
none=0

run addresses.json ip -json -details address show
for family in 4 6; do
  run routes-$family.txt ip -$family route show table all
  run rules-$family.txt ip -$family rule show
done
run addresses.txt ip address show
run links.txt ip -statistics link show
run conntrack-stats.txt cat /proc/net/stat/nf_conntrack
[ $flows = no ] || ask "$(kernel ctnetlink_dump_table)" conntrack-flows.txt conntrack -L -o extended
echo "wrote $dir: $(grep -c . commands) outputs, $(sort -u missing | grep -c .) tools missing" >&2
