import { describe, expect, it } from '@jest/globals';
import { DEFAULT_OPTIONS, type HeldPort } from '../../options.js';
import { proxyPortsOf } from './proxy-ports.js';

const tcp = (...names: readonly string[]) => names.map((name) => ({ protocol: 'tcp', name }));
const range = (first: number, last: number) => ({ ...DEFAULT_OPTIONS.userspace, proxyPorts: { first, last } });
const held = (name: string, port: number): HeldPort => ({ name, family: 'ipv4', protocol: 'tcp', port });
const ALL = range(12000, 29999);

describe('proxy ports', () => {
  it('follow from the name, in the range', () => {
    const names = Array.from({ length: 3000 }, (_, i) => `default/s${i} tcp`);
    const ports = proxyPortsOf(tcp(...names), ALL);
    expect(new Set(ports.values()).size).toBe(names.length);
    expect([...ports.values()].every((port) => port >= 12000 && port <= 29999)).toBe(true);
    const alone = names.filter((name) => proxyPortsOf(tcp(name), ALL).get(name) === ports.get(name));
    // By chance 8% of them want a port that another has.
    expect(alone.length).toBeGreaterThan(2600);
    expect(proxyPortsOf(tcp(...names), ALL)).toEqual(ports);
  });

  it('pass over a port that another program has, only for its protocol', () => {
    const [first] = proxyPortsOf(tcp('a'), ALL).values();
    const at = (taken: string) => proxyPortsOf(tcp('a'), ALL, { taken: [taken], held: [] }).get('a');
    expect([at(`tcp ${first}`), at(`udp ${first}`)]).toEqual([(first ?? 0) + 1, first]);
  });

  it('are kept by who has them, against a newcomer', () => {
    const [wanted = 0] = proxyPortsOf(tcp('a'), ALL).values();
    const ports = proxyPortsOf(tcp('a', 'b'), ALL, { taken: [], held: [held('b', wanted), held('a', 99)] });
    expect([ports.get('b'), ports.get('a')]).toEqual([wanted, wanted + 1]);
  });

  it('are not given to others before those have gone', () => {
    const [wanted = 0] = proxyPortsOf(tcp('a'), ALL).values();
    expect(proxyPortsOf(tcp('a'), ALL, { taken: [], held: [held('gone', wanted)] }).get('a')).toBe(wanted + 1);
  });

  it('wrap around, and end', () => {
    const ports = proxyPortsOf(tcp('a', 'b', 'c', 'd'), range(100, 103), { taken: ['tcp 101'], held: [] });
    expect([...ports.values()].sort()).toEqual([100, 102, 103]);
    expect(ports.size).toBe(3);
  });
});
