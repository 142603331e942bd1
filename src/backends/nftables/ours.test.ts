import { expect, it } from '@jest/globals';
import { diff } from '../../tools/nft/diff.js';
import { parse } from '../../tools/nft/parse.js';
import { formerly } from './ours.js';

const table = (family: string, ips: string, nodePorts: string) =>
  parse(`table ${family} kube-proxy {
	map service-ips {
		type ${family === 'ip' ? 'ipv4' : 'ipv6'}_addr . inet_proto . inet_service : verdict
		elements = { ${ips} }
	}
	map service-nodeports {
		type inet_proto . inet_service : verdict
		elements = { ${nodePorts} }
	}
}
`).value;

it('UDP addresses and ports that no longer lead anywhere, or elsewhere', () => {
  const v4 = '10.96.0.1 . udp . 53 : goto a, 10.96.0.1 . tcp . 53 : goto a, 10.96.0.2 . udp . 53 : goto b';
  const before = [
    ...table('ip', `${v4}, 10.96.0.3 . udp . 53 : goto c`, 'udp . 30053 : goto a'),
    ...table('ip6', 'fd00::1 . udp . 53 : goto a', 'udp . 30053 : goto a'),
  ];
  const after = table('ip', '10.96.0.2 . udp . 53 : goto b, 10.96.0.3 . udp . 53 : goto d', 'udp . 30054 : goto a');
  expect([...formerly({ nft: diff(before, after) })].sort()).toEqual([
    '0.0.0.0 30053',
    '10.96.0.1 53',
    '10.96.0.3 53',
    ':: 30053',
    'fd00::1 53',
  ]);
});
