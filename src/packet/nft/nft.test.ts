/**
 * Tests of nftables on packets: values and sets; and what is not known is said, never guessed.
 */
import { describe, expect, it } from '@jest/globals';
import { answer, packet, table } from '../../testing/network/nft-answers.js';

const TO = packet('10.244.1.5', 80);

describe('what is not known is said', () => {
  it.each([
    ['limit rate 10/second drop', 'limit rate 10/second'],
    ['ct count over 5 drop', 'ct count over 5'],
    ['meta cpu 1 drop', 'meta cpu 1'],
    ['xt match "recent" drop', 'xt match "recent"'],
    ['ip ttl < 3 drop', 'ip ttl < 3'],
    ['ct mark 0x1 ct helper "ftp" drop', undefined],
    ['fib daddr type broadcast drop', 'fib daddr type broadcast'],
    ['fib daddr type { broadcast, prohibit } drop', 'fib daddr type { broadcast, prohibit }'],
    ['oifname "eth1" drop', '-o eth1'],
    ['quota over 25 mbytes drop', 'quota over 25 mbytes'],
    ['jhash ip saddr mod 2 seed 0x1 0 drop', 'jhash ip saddr mod 2 seed 0x1 0'],
    ['ct state new tcp dport vmap @nothing', undefined],
  ])('%s', (rule, unknown) => {
    const found = answer(table([rule]), TO);
    if (unknown === undefined) return;
    expect(found[0]).toBe('UNKNOWN');
    expect(found.slice(1)).toEqual([`? ${unknown}`]);
  });

  it('a map that hashes the client', () => {
    const rule = 'dnat to jhash ip saddr mod 2 map { 0 : 10.1.1.1, 1 : 10.1.1.2 }';
    const [verdict, ...depends] = answer(table([rule], { hook: 'prerouting', type: 'nat', priority: -100 }), TO);
    expect(verdict).toBe('UNKNOWN');
    expect(depends).toHaveLength(1);
  });

  describe('a set that the packets fill', () => {
    const seen = (elements = '') => `\tset seen {\n\t\ttype ipv4_addr\n\t\tflags dynamic,timeout\n${elements}\t}\n`;
    const blocked = seen('\t\telements = { 192.168.7.100 timeout 1h expires 59m }\n');
    const BLOCKS = 'ip saddr @seen drop';

    it.each([
      ['has no new client', seen(), [BLOCKS], 'NONE'],
      ['has the client that it lists', blocked, [BLOCKS], 'DROP'],
      ['may have the client of a packet that was added', seen(), ['add @seen { ip saddr }', BLOCKS], 'UNKNOWN'],
      ['also when it is added to two', seen(), ['add @seen { ip saddr } add @other { ip daddr }', BLOCKS], 'UNKNOWN'],
      ['or to another one later', seen(), ['add @seen { ip saddr }', 'update @other { ip saddr }', BLOCKS], 'UNKNOWN'],
    ])('%s', (_, more, rules, told) => {
      expect(answer(table(rules, { more }), TO)[0]).toBe(told);
    });

    it('is as dynamic in JSON, where nft 1.0.6 does not say so', () => {
      const more = seen().replace('dynamic,timeout', 'timeout\n\t\ttimeout 1h');
      expect(answer(table(['add @seen { ip saddr }', BLOCKS], { more }), TO)[0]).toBe('UNKNOWN');
    });

    it.each(['dynamic,timeout', 'timeout\n\t\ttimeout 1h'])(
      'of kube-proxy: a packet is that of a new client, %j',
      (flags) => {
        const rules = table([BLOCKS], { more: blocked.replace('dynamic,timeout', flags) });
        expect(answer(rules.replace(/^table .*/, 'table ip kube-proxy {'), TO)).toEqual(['NONE']);
      },
    );

    it('has data for the client that it lists', () => {
      const ways =
        '\tmap ways {\n\t\ttype ipv4_addr : verdict\n\t\tflags dynamic\n\t\telements = { 192.168.7.100 : drop }\n\t}\n';
      expect(answer(table(['ip saddr vmap @ways'], { more: ways }), TO)).toEqual(['DROP']);
    });
  });

  it.each([
    ['meta mark set ip dscp map { cs0 : 0x00000001 }', 'meta mark 0x00000001 drop'],
    ['meta mark set numgen random mod 2 offset 3', 'meta mark 0x00000004 drop'],
    ['mark set numgen random mod 2 offset 3', 'meta mark 0x00000004 drop'],
    ['ct mark set ip dscp map { cs0 : 0x00000001 }', 'ct mark 0x00000001 drop'],
  ])('a mark is not known after %s', (set, rule) => {
    expect(answer(table([set, rule]), TO)[0]).toBe('UNKNOWN');
    expect(answer(table([set, 'tcp dport 81 drop']), TO)).toEqual(['NONE']);
  });

  it('of a destination that was translated more is set than that: != dnat holds for all', () => {
    const to = (rule: string) =>
      table(['dnat to 10.1.1.1:80'], { hook: 'prerouting', type: 'nat', priority: -100 }) + table([rule]);
    expect(answer(to('ct status ! dnat drop'), TO)).toEqual(['DNAT 10.1.1.1:80']);
    expect(answer(to('ct status != dnat drop'), TO)).toEqual(['DROP']);
  });

  it('after a condition that fails, or a verdict, nothing is asked', () => {
    expect(answer(table(['tcp dport 81 limit rate 10/second drop']), TO)).toEqual(['NONE']);
    expect(answer(table(['accept', 'limit rate 10/second drop']), TO)).toEqual(['NONE']);
  });

  it('what ends alike either way is certain', () => {
    expect(answer(table(['limit rate 10/second drop', 'drop']), TO)[0]).toBe('DROP');
  });

  it('flow tables do not hide the rules after them', () => {
    const more = '\tflowtable ft {\n\t\thook ingress priority 0\n\t\tdevices = { eth0 }\n\t}\n';
    expect(answer(table(['ip protocol tcp flow add @ft', 'tcp dport 80 drop'], { more }), TO)[0]).toBe('DROP');
  });
});

describe('sets and values', () => {
  const more =
    '\tset nets {\n\t\ttype ipv4_addr\n\t\tflags interval\n\t\telements = { 10.0.0.0/8, 192.0.2.5-192.0.2.9 }\n\t}\n';

  it.each([
    ['tcp dport { 22, 80-90 } drop', 80, 'DROP'],
    ['tcp dport { 22, 80-90 } drop', 90, 'DROP'],
    ['tcp dport { 22, 80-90 } drop', 91, 'NONE'],
    ['tcp dport != 80-90 drop', 80, 'NONE'],
    ['tcp dport != 80-90 drop', 79, 'DROP'],
    ['tcp dport >= 1024 drop', 1024, 'DROP'],
    ['tcp dport >= 1024 drop', 1023, 'NONE'],
    ['udp dport 80 drop', 80, 'NONE'],
    ['th dport 80 drop', 80, 'DROP'],
    ['meta l4proto { udp, sctp } drop', 80, 'NONE'],
    ['meta nfproto ipv6 drop', 80, 'NONE'],
    ['icmp type echo-request drop', 80, 'NONE'],
    ['ip daddr @nets drop', 80, 'DROP'],
    ['ip saddr @nets drop', 80, 'NONE'],
    ['ip daddr . tcp dport { 10.244.1.5 . 80, 10.244.1.5 . 81 } drop', 81, 'DROP'],
    ['ip daddr . tcp dport vmap { 10.244.1.5 . 80 : drop, 10.244.1.6 . 81 : accept }', 80, 'DROP'],
    ['iifname "eth*" drop', 80, 'DROP'],
    ['iifname { "cni0", "lo" } drop', 80, 'NONE'],
    ['iifname vmap { "cni0" : accept, "eth0" : drop }', 80, 'DROP'],
    ['iifname . tcp dport vmap { "eth0" . 80 : drop }', 80, 'DROP'],
    ['fib daddr type local drop', 80, 'NONE'],
    ['fib daddr type != local drop', 80, 'DROP'],
    ['fib daddr type { local, multicast } drop', 80, 'NONE'],
    ['fib daddr type { unicast, broadcast } drop', 80, 'DROP'],
    ['ct state established,related drop', 80, 'NONE'],
    ['ct state { new, untracked } drop', 80, 'DROP'],
    ['ct status dnat drop', 80, 'NONE'],
    ['ct status ! dnat drop', 80, 'DROP'],
    ['ct state ! invalid drop', 80, 'DROP'],
    ['ct state ! new,established drop', 80, 'NONE'],
  ])('%s, port %i: %s', (rule, port, told) => {
    expect(answer(table([rule], { more }), packet('10.244.1.5', port))).toEqual([told]);
  });

  it.each([
    ['tcp flags syn / fin,syn,rst,ack drop', 'DROP'],
    ['tcp flags & (fin | syn | rst | ack) == syn drop', 'DROP'],
    ['tcp flags != syn / fin,syn,rst,ack drop', 'NONE'],
    ['tcp flags & (fin | syn | rst | ack) != syn drop', 'NONE'],
    ['tcp flags fin,syn / fin,syn drop', 'NONE'],
    ['tcp flags syn,ack drop', 'DROP'],
    ['tcp flags fin,rst drop', 'NONE'],
    ['tcp flags ! fin,rst drop', 'DROP'],
    ['tcp flags ! fin,syn drop', 'NONE'],
    ['tcp flags != syn,ack / syn,ack drop', 'DROP'],
    ['tcp flags == ack tcp dport 80 drop', 'UNKNOWN'],
    ['tcp flags != ack drop', 'DROP'],
    // A first packet may ask for ECN.
    ['tcp flags == syn tcp dport 80 drop', 'UNKNOWN'],
    ['tcp flags != syn drop', 'UNKNOWN'],
    ['tcp flags ecn drop', 'UNKNOWN'],
    ['tcp flags syn / syn,ecn,cwr drop', 'UNKNOWN'],
    ['tcp flags ! ecn,syn drop', 'NONE'],
    ['tcp flags { syn, syn | ack } drop', 'UNKNOWN'],
  ])('%s: %s', (rule, told) => {
    expect(answer(table([rule]), TO)[0]).toBe(told);
    expect(answer(table([rule]), packet('10.244.1.5', 80, { protocol: 'udp' }))).toEqual(
      told === 'UNKNOWN' && /==|\{/.test(rule) ? expect.anything() : ['NONE'],
    );
  });

  const types = '\tset types {\n\t\ttype fib_addrtype\n\t\telements = { local, broadcast }\n\t}\n';

  it.each([
    ['fib daddr type vmap { local : drop }', 'DROP', 'NONE', 'NONE'],
    ['fib daddr type vmap { local : accept, unicast : drop, multicast : drop }', 'NONE', 'DROP', 'DROP'],
    ['fib daddr type vmap { local : accept, broadcast : accept, unicast : drop }', 'NONE', 'DROP', 'NONE'],
    ['fib daddr type vmap { broadcast : drop }', 'NONE', 'UNKNOWN', 'NONE'],
    ['fib daddr type vmap { local : accept, * : drop }', 'NONE', 'DROP', 'DROP'],
    ['fib daddr type vmap { broadcast : accept, * : drop }', 'DROP', 'UNKNOWN', 'DROP'],
    ['fib daddr type . tcp dport vmap { local . 80 : drop, broadcast . 81 : accept }', 'DROP', 'NONE', 'NONE'],
    ['fib daddr type @types drop', 'DROP', 'UNKNOWN', 'NONE'],
    ['fib daddr type != @types drop', 'NONE', 'UNKNOWN', 'DROP'],
    // The address may be another interface's.
    ['fib daddr . iif type local drop', 'UNKNOWN', 'NONE', 'NONE'],
    ['fib daddr . iif type vmap { local : drop }', 'UNKNOWN', 'NONE', 'NONE'],
  ])('%s: %s of the node’s own, %s of another, %s of a group', (rule, own, other, group) => {
    const to = (address: string) => answer(table([rule], { more: types, hook: 'prerouting' }), packet(address, 80))[0];
    expect(['192.168.7.2', '10.244.1.5', '224.0.0.1'].map(to)).toEqual([own, other, group]);
  });

  it.each([
    ['ip dscp set cs1 drop', 'DROP', 'DROP'],
    ['ip dscp set 0x04 tcp dport 80 drop', 'DROP', 'NONE'],
    ['ip ecn set ect1 drop', 'DROP', 'DROP'],
    ['tcp option maxseg size set rt mtu drop', 'DROP', 'NONE'],
    ['tcp option maxseg size set 1400 drop', 'DROP', 'NONE'],
    ['ip6 dscp set cs1 drop', 'NONE', 'NONE'],
    ['ip dscp set ip dscp map { cs0 : cs1 } drop', 'UNKNOWN', 'UNKNOWN'],
    ['ip ttl set 5 drop', 'UNKNOWN', 'UNKNOWN'],
  ])('%s: %s of TCP, %s of UDP', (rule, tcp, udp) => {
    expect(answer(table([rule], { of: 'inet' }), TO)[0]).toBe(tcp);
    expect(answer(table([rule], { of: 'inet' }), packet('10.244.1.5', 80, { protocol: 'udp' }))[0]).toBe(udp);
  });

  const rest =
    '\tmap ways {\n\t\ttype ipv4_addr . inet_proto . inet_service : verdict\n' +
    '\t\telements = { 10.244.1.5 . tcp . 80 : accept, * : drop }\n\t}\n' +
    '\tmap nets {\n\t\ttype ipv4_addr : verdict\n\t\tflags interval\n' +
    '\t\telements = { * : drop, 10.244.1.0/24 : accept }\n\t}\n';

  it.each([
    ['10.244.1.5', 80, 'ip daddr . meta l4proto . th dport vmap @ways', 'NONE'],
    ['10.244.1.5', 81, 'ip daddr . meta l4proto . th dport vmap @ways', 'DROP'],
    ['10.244.1.6', 80, 'ip daddr . meta l4proto . th dport vmap @ways', 'DROP'],
    ['10.244.1.6', 80, 'ip daddr vmap @nets', 'NONE'],
    ['10.244.2.6', 80, 'ip daddr vmap @nets', 'DROP'],
    ['10.244.2.6', 80, 'tcp dport vmap { 80 : accept, * : drop }', 'NONE'],
    ['10.244.2.6', 81, 'tcp dport vmap { 80 : accept, * : drop }', 'DROP'],
  ])('%s port %i and the element of all other keys: %s', (to, port, rule, told) => {
    expect(answer(table([rule], { more: rest }), packet(to, port))[0]).toBe(told);
  });

  const marks =
    '\tset marks {\n\t\ttype mark\n\t\telements = { 0x00000001, 0x00004000 }\n\t}\n' +
    '\tmap ways {\n\t\ttype mark : verdict\n\t\telements = { 0x00004000 : drop }\n\t}\n';

  it.each([
    ['meta mark @marks drop', 'DROP'],
    ['meta mark != @marks drop', 'NONE'],
    ['meta mark vmap @ways', 'DROP'],
    ['meta mark vmap { 0x00000001 : accept, 0x00004000 : drop }', 'DROP'],
    ['meta mark . tcp dport { 0x00004000 . 80 } drop', 'DROP'],
    ['meta mark . tcp dport { 0x00004001 . 80 } drop', 'NONE'],
    ['ct mark set 0x00000011 ct mark vmap { 0x00000011 : drop }', 'DROP'],
    ['ct mark set meta mark ct mark 0x00004000 drop', 'DROP'],
    ['ct mark set meta mark ^ 0x00000001 ct mark 0x00004001 drop', 'DROP'],
    ['meta mark set ct mark meta mark 0x00004000 drop', 'NONE'],
  ])('a mark is found: %s', (rule, told) => {
    expect(answer(table(['meta mark set 0x00004000', rule], { more: marks }), TO)[0]).toBe(told);
  });

  it.each([
    ['192.0.2.4', 'NONE'],
    ['192.0.2.5', 'DROP'],
    ['192.0.2.9', 'DROP'],
    ['192.0.2.10', 'NONE'],
  ])('%s in an interval: %s', (to, told) => {
    expect(answer(table(['ip daddr @nets drop'], { more }), packet(to, 80))).toEqual([told]);
  });
});
