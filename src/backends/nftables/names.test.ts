import { describe, expect, it } from '@jest/globals';
import { endpointNames, SERVICE_NAME, serviceChains } from './names.js';
import { elementComment } from './rules/service-port.js';

const WEB = { namespace: 'default', service: 'web', port: 'http', protocol: 'TCP' } as const;

// The names in kube-proxy's own dumps are compared in src/suites/nftables.test.ts.
describe('names', () => {
  it.each([
    [WEB, 'SUSTUHLJ-default/web/tcp/http'],
    // sha256sum and base32 of coreutils.
    [{ ...WEB, port: '', protocol: 'UDP' as const }, 'HE7KU7SE-default/web/udp/'],
  ])('of %j', (name, base) => {
    expect(serviceChains(name)).toEqual({
      cluster: `service-${base}`,
      local: `local-${base}`,
      external: `external-${base}`,
      firewall: `firewall-${base}`,
    });
  });

  it('of endpoints', () => {
    const base = 'HGNPOIJ5-default/web/tcp/http__10.244.1.5/8080';
    const endpoint = { ip: '10.244.1.5', port: 8080 };
    expect(endpointNames(WEB, endpoint)).toEqual({ chain: `endpoint-${base}`, clients: `affinity-${base}` });
    const { chain } = endpointNames(WEB, { ip: 'fd00:10:244:1::5', port: 8080 });
    expect(chain).toMatch(/^endpoint-[A-Z2-7]{8}-default\/web\/tcp\/http__fd00\.10\.244\.1\.\.5\/8080$/);
  });

  it('are cut where nft would refuse them, and stay apart', () => {
    const long = {
      namespace: 'n'.repeat(63),
      service: 's'.repeat(120),
      port: 'p'.repeat(15),
      protocol: 'SCTP',
    } as const;
    const [a, b] = ['2001:db8:1111:2222:3333:4444:5555:6666', '2001:db8:1111:2222:3333:4444:5555:6667'].map(
      (ip) => endpointNames(long, { ip, port: 65535 }).chain,
    );
    expect(a).toHaveLength('endpoint-'.length + 240);
    expect(a).toMatch(/\.\.\.$/);
    expect(a).not.toBe(b);
  });

  it.each([
    ['service-SUSTUHLJ-default/web/tcp/http', 'default/web', 'http'],
    ['10.0.0.1 . tcp . 80 : goto external-SUSTUHLJ-default/web/tcp/http,', 'default/web', 'http'],
    ['chain service-SUSTUHLJ-default/web/tcp/ {', 'default/web', ''],
    ['affinity-HGNPOIJ5-default/web/tcp/http__10.244.1.5/8080', 'default/web', 'http'],
    ['service-endpoints-check', undefined, undefined],
  ])('%s is of %s port %s', (text, service, port) => {
    expect(SERVICE_NAME.exec(text)?.slice(1)).toEqual(service === undefined ? undefined : [service, port]);
  });
});

it.each([
  ['default/web:http', 'default/web:http'],
  ['x'.repeat(128), 'x'.repeat(128)],
  ['x'.repeat(129), 'x'.repeat(128)],
  [`${'x'.repeat(127)}ä`, 'x'.repeat(127)],
  [`${'x'.repeat(125)}𝄞`, 'x'.repeat(125)],
  [`${'x'.repeat(124)}𝄞y`, `${'x'.repeat(124)}𝄞`],
])('the comment %s is %s', (text, expected) => expect(elementComment(text)).toBe(expected));
