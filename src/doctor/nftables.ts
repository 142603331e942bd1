/**
 * doctor: what nftables mode needs of nft and the kernel, as rules to try in a network namespace of their own.
 */
import type { Facts } from './facts.js';
import type { Finding } from './finding.js';

/** The parts that rules of Services use, each with the module of the kernel that has it, and with rules to try. */
export const NFT_TRIALS: readonly { readonly module: string; readonly rules: string }[] = [
  {
    module: 'nf_tables',
    rules:
      'add map ip vipc-trial m { type ipv4_addr . inet_proto . inet_service : verdict; comment "a"; }\n' +
      'add set ip vipc-trial s { type ipv4_addr; flags dynamic,timeout; timeout 1h; }',
  },
  { module: 'nft_ct', rules: 'add rule ip vipc-trial c ct state new ct status dnat accept' },
  { module: 'nft_numgen', rules: 'add rule ip vipc-trial c numgen random mod 2 vmap { 0 : accept, 1 : drop }' },
  { module: 'nft_fib_ipv4', rules: 'add rule ip vipc-trial c fib daddr type local accept' },
  { module: 'nft_reject_ipv4', rules: 'add chain ip vipc-trial r\nadd rule ip vipc-trial r reject' },
  {
    module: 'nft_nat',
    rules:
      'add chain ip vipc-trial d { type nat hook prerouting priority -100; }\n' +
      'add rule ip vipc-trial d meta l4proto tcp dnat to 127.0.0.1:80',
  },
  {
    module: 'nft_masq',
    rules:
      'add chain ip vipc-trial p { type nat hook postrouting priority 100; }\n' +
      'add rule ip vipc-trial p masquerade fully-random',
  },
];

/** Input of nft for one trial. */
export function trialOf(rules: string): string {
  return `add table ip vipc-trial\nadd chain ip vipc-trial c\n${rules}\n`;
}

/** The oldest kernel that kube-proxy takes for nftables mode (k/k pkg/proxy/nftables). */
const OLDEST_KERNEL = [5, 13] as const;

/** Findings about nft and the kernel, for mode nftables. */
export function nftFindings({ mode, kernel, nftTrial }: Facts): readonly Finding[] {
  if (mode !== 'nftables') return [];
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel ?? '')?.map(Number) ?? [];
  const isOld =
    major !== undefined &&
    minor !== undefined &&
    (major < OLDEST_KERNEL[0] || (major === OLDEST_KERNEL[0] && minor < OLDEST_KERNEL[1]));
  const old: readonly Finding[] = isOld
    ? [
        {
          check: 'kernel',
          state: 'problem',
          message: `Linux ${kernel} is too old for nftables mode, which needs ${OLDEST_KERNEL.join('.')}`,
          hint: 'use another mode, or a newer kernel',
        },
      ]
    : [];
  if (!nftTrial) return old;
  if (nftTrial.crash !== undefined) return [...old, { check: 'kernel', state: 'problem', message: nftTrial.crash }];
  if (nftTrial.missing.length === 0)
    return [...old, { check: 'kernel', state: 'ok', message: 'the kernel has all that nftables mode needs' }];
  return [
    ...old,
    ...nftTrial.missing.map(
      (module): Finding => ({
        check: 'kernel',
        state: 'problem',
        message: `nft cannot load rules that need ${module}, which nftables mode has`,
        hint: `modprobe ${module}; if there is none, the kernel was built without it`,
      }),
    ),
  ];
}
