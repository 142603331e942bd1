/**
 * firewall-nft: tables of a host firewall, a container engine and a network policy on one node, in the language of nft. They
 * are written for these tests, after what firewalld, Docker and Calico document that they program, and ufw by its rules of
 * iptables-nft; with statements that vipc itself does not write.
 */

/** For both families. */
export const FIREWALLD = `table inet firewalld {
	chain mangle_PREROUTING {
		type filter hook prerouting priority mangle + 10; policy accept;
		meta nfproto ipv6 fib saddr . mark . iif oif missing drop
		icmpv6 type { nd-router-advert, nd-neighbor-solicit } accept
	}

	chain nat_PREROUTING {
		type nat hook prerouting priority dstnat + 10; policy accept;
		iifname "eth0" goto nat_PRE_public
	}

	chain filter_INPUT {
		type filter hook input priority filter + 10; policy accept;
		ct state established,related accept
		ct status dnat accept
		iifname "lo" accept
		ct state invalid drop
		jump filter_INPUT_ZONES
		reject with icmpx admin-prohibited
	}

	chain filter_INPUT_ZONES {
		iifname "eth0" goto filter_IN_public
		goto filter_IN_trusted
	}

	chain filter_IN_public {
		jump filter_IN_public_allow
		meta l4proto { icmp, ipv6-icmp } accept
	}

	chain filter_IN_public_allow {
		tcp dport 22 accept
		tcp dport 9000-9010 accept
		udp dport { 53, 5353 } ct state new,untracked accept
		tcp dport 113 reject with tcp reset
		ip saddr 192.168.7.0/24 tcp dport 8080 counter packets 0 bytes 0 accept
	}

	chain filter_IN_trusted {
		accept
	}

	chain nat_PRE_public {
		tcp dport 8443 redirect to :443
	}
}
`;

/** Of Docker: bridges by maps of interfaces, published ports. */
export const DOCKER = `table ip docker-bridges {
	map filter-forward-out-jumps {
		type ifname : verdict
		elements = { "cni0" : jump filter-forward-out__cni0 }
	}

	chain filter-FORWARD {
		type filter hook forward priority filter; policy accept;
		iifname vmap @filter-forward-out-jumps
	}

	chain filter-forward-out__cni0 {
		ct state established,related counter packets 0 bytes 0 accept
		tcp dport 25 counter packets 0 bytes 0 drop comment "no mail"
	}

	chain nat-PREROUTING {
		type nat hook prerouting priority dstnat; policy accept;
		fib daddr type local counter packets 0 bytes 0 jump nat-prerouting-and-output
	}

	chain nat-OUTPUT {
		type nat hook output priority -100; policy accept;
		ip daddr != 127.0.0.0/8 fib daddr type local counter packets 0 bytes 0 jump nat-prerouting-and-output
	}

	chain nat-prerouting-and-output {
		tcp dport 8081 counter packets 0 bytes 0 dnat to 10.244.1.7:80 comment "DNAT"
	}

	chain nat-POSTROUTING {
		type nat hook postrouting priority srcnat; policy accept;
		ip saddr 10.244.1.7 ip daddr 198.51.100.9 counter packets 0 bytes 0 masquerade comment "MASQUERADE"
	}

	chain raw-PREROUTING {
		type filter hook prerouting priority raw; policy accept;
		ip daddr 10.244.1.9 iifname != "cni0" counter packets 0 bytes 0 drop comment "DROP DIRECT ACCESS"
	}
}
`;

/** Of Calico: dispatch by interface, marks of verdicts, sets with networks. */
export const CALICO = `table ip calico {
	set cali40all-pods {
		type ipv4_addr
		flags interval
		elements = { 10.244.0.0/16 }
	}

	map cali-fw-dispatch {
		type ifname : verdict
		elements = { "cni0" : goto cali-fw-cni0 }
	}

	chain filter-cali-FORWARD {
		type filter hook forward priority filter - 5; policy accept;
		meta mark set meta mark & 0xfff1ffff
		iifname vmap @cali-fw-dispatch
		ip daddr 10.244.1.7 jump cali-tw-pod
		meta mark & 0x00010000 == 0x00010000 accept
	}

	chain cali-fw-cni0 {
		ct state vmap { invalid : drop, established : accept, related : accept }
		ip saddr 10.244.1.0/24 udp dport 4789 drop
		meta mark set meta mark | 0x00010000
		return
	}

	chain cali-tw-pod {
		ct state established,related accept
		ip saddr @cali40all-pods tcp dport { 80, 443 } accept
		ip saddr 192.168.7.100 return
		reject
	}
}
`;
