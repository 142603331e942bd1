import { describe, expect, it } from '@jest/globals';
import type { Host } from '../../apply/host.js';
import { readIpvs } from './read.js';

const [ONE, TWO] = [1, 2].map((i) => ({
  saved: `-A -t 10.96.0.${i}:80 -s rr\n-a -t 10.96.0.${i}:80 -r 10.244.0.1:80 -m -w 1\n`,
  listed: `TCP  10.96.0.${i}:80 rr\n  -> 10.244.0.1:80                Masq    1      ${i}          0         \n`,
})) as [Read, Read];

interface Read {
  readonly saved: string;
  readonly listed: string;
}

/** A node whose kernel reports these virtual servers, one list per read; the last list forever. */
function nodeThatTells(saves: readonly (readonly Read[])[], lists: readonly (readonly Read[])[]) {
  const left = { '--save': [...saves], '--list': [...lists] };
  let asked = 0;
  const next = (kind: keyof typeof left) => (left[kind].length > 1 ? left[kind].shift() : left[kind][0]) ?? [];
  const host: Host = {
    run: async ([, verb, option]) => {
      const told = (stdout: string) => ({ code: 0, stdout, stderr: '' });
      if (verb === '--version') return told('ipvsadm v1.31\n');
      if (option === '--timeout') return told('Timeout (tcp tcpfin udp): 900 120 300\n');
      asked++;
      if (verb === '--save')
        return told(
          next('--save')
            .map(({ saved }) => saved)
            .join(''),
        );
      return told(
        next('--list')
          .map(({ listed }) => listed)
          .join(''),
      );
    },
  };
  return { host, asked: () => asked };
}

describe('readIpvs', () => {
  const both = [ONE, TWO];
  it.each<[string, Parameters<typeof nodeThatTells>, number]>([
    ['two reads that agree', [[both], [both]], 2],
    ['a virtual server told twice', [[[ONE, TWO, ONE]], [both]], 2],
    ['one told twice in the list', [[both], [[ONE, ONE, TWO]]], 2],
    ['one left out once', [[[TWO], both], [both]], 4],
    ['one left out of the list', [[both], [[ONE], [TWO], both]], 6],
  ])('%s', async (_, told, reads) => {
    const { host, asked } = nodeThatTells(...told);
    const { saved, connections } = await readIpvs(host.run, true);
    expect(saved.virtualServers.map(({ address, realServers }) => [address, realServers.length])).toEqual([
      ['10.96.0.1', 1],
      ['10.96.0.2', 1],
    ]);
    expect([...new Map(connections.map(({ address, active }) => [address, active]))]).toEqual([
      ['10.96.0.1', 1],
      ['10.96.0.2', 2],
    ]);
    expect(asked()).toBe(reads);
  });

  const other = { ...ONE, saved: ONE.saved.replace('10.244.0.1', '10.244.0.2') };
  it.each<[string, Parameters<typeof nodeThatTells>]>([
    ['more than are listed', [[both], [[ONE]]]],
    ['fewer than are listed', [[[TWO]], [both]]],
    ['none', [[[]], [both]]],
    ['other real servers', [[[other, TWO]], [both]]],
  ])('what never agrees is an error: %s', async (_, told) => {
    const { host, asked } = nodeThatTells(...told);
    await expect(readIpvs(host.run, true)).rejects.toThrow('ipvsadm --save and --list do not agree');
    expect(asked()).toBe(40);
  });
});
