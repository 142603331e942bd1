/**
 * Looks at sets, virtual servers and addresses that a real kube-proxy left: all that is there is known, and nothing can be
 * missing, too many, or another.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { DEVICE, oursIn } from '../backends/ours.js';
import { conformanceCases, ROOT } from '../testing/cases/cases.js';
import { sample } from '../testing/run/extent.js';
import { addresses } from '../tools/addresses/tool.js';
import { look as ipset } from '../tools/ipset/look.js';
import { parse as parseSets } from '../tools/ipset/parse.js';
import { look as ipvs } from '../tools/ipvs/look.js';
import { parse as parseServers } from '../tools/ipvs/parse.js';
import { lookWith } from '../tools/relay/look.js';
import { parse as parseListeners } from '../tools/relay/parse.js';

type Told = { readonly isKnown: boolean; readonly missing: readonly string[] };

/** What a reader says, of parts that were programmed. */
async function told(
  programmed: Iterable<string>,
  read: (isKnown: (part: string) => boolean) => Promise<object | undefined>,
): Promise<Told> {
  const expected = new Set(programmed);
  const seen = new Set<string>();
  const found = await read((part) => {
    seen.add(part);
    return expected.has(part);
  });
  return { isKnown: found !== undefined, missing: [...expected].filter((part) => !seen.has(part)) };
}

const SAME: Told = { isKnown: true, missing: [] };

/** Programs that print these texts. */
const saying = (texts: Readonly<Record<string, string>>) => async (argv: readonly string[]) => {
  const stdout = texts[argv.join(' ')];
  return stdout === undefined
    ? { code: 127, stdout: '', stderr: 'no such program\n' }
    : { code: 0, stdout, stderr: '' };
};

const OURS = oursIn({});

const lookAtSets = (text: string, programmed: string) =>
  told(ipset.parts(parseSets(programmed).value.sets, OURS.ipset), (isKnown) =>
    ipset.read(saying({ 'ipset save': text }), { desired: [], ours: OURS.ipset }, isKnown),
  );

const TIMEOUTS = 'Timeout (tcp tcpfin udp): 900 120 300\n';

const lookAtServers = (text: string, programmed: string) =>
  told(ipvs.parts(parseServers(programmed).value, undefined), (isKnown) =>
    ipvs.read(
      saying({ 'ipvsadm --save -n': text, 'ipvsadm --list --timeout': TIMEOUTS }),
      { desired: undefined, ours: undefined },
      isKnown,
    ),
  );

const RELAY = lookWith('relay');

const lookAtListeners = (text: string, programmed: string) =>
  told(RELAY.parts(parseListeners(programmed).value, undefined), (isKnown) =>
    RELAY.read(saying({ 'relay show': text }), { desired: [], ours: undefined }, isKnown),
  );

const LISTENERS = readFileSync(`${ROOT}golden/packets/services/userspace/relay.txt`, 'utf8').replace(/^#.*\n/gm, '');

const WITH_IPVS = conformanceCases().filter(({ directory }) => existsSync(`${directory}kube-proxy/ipvs/ipset-save`));

const TEXTS = sample(WITH_IPVS, 5, 'looks', 25).flatMap(({ name, directory }) => {
  const read = (file: string) => readFileSync(`${directory}kube-proxy/ipvs/${file}`, 'utf8');
  return [
    [`${name}: sets`, lookAtSets, read('ipset-save')] as const,
    [`${name}: virtual servers`, lookAtServers, read('ipvsadm-save')] as const,
  ];
});

/** The line with another last digit. */
function another(line: string): string {
  return line.replace(/(\d)(\D*)$/, (_, digit, end) => `${9 - Number(digit)}${end}`);
}

describe.each([...TEXTS, ['the relay', lookAtListeners, LISTENERS] as const])('%s', (_, lookAt, text) => {
  it('is as programmed', async () => {
    expect(text.length).toBeGreaterThan(0);
    expect(await lookAt(text, text)).toEqual(SAME);
  });

  it('differs with each line that is left out or another', async () => {
    const lines = text.split('\n').slice(0, -1);
    const same = await Promise.all(
      lines.flatMap((line, i) =>
        // The size of a set may be another.
        [lines.with(i, ''), lines.with(i, line.startsWith('create ') ? line : another(line))]
          .map((each) =>
            each
              .filter((one) => one !== '')
              .map((one) => `${one}\n`)
              .join(''),
          )
          .filter((changed) => changed !== text)
          .map(async (changed) => {
            const { isKnown, missing } = await lookAt(changed, text);
            return isKnown && missing.length === 0 ? [changed] : [];
          }),
      ),
    );
    expect(same.flat()).toEqual([]);
  });
});

describe('the device of virtual IPs', () => {
  const link = (ifname: string, ips: readonly string[], info_kind = 'dummy') => ({
    ifname,
    linkinfo: { info_kind },
    addr_info: ips.map((local) => ({ family: 'inet', local, prefixlen: 32, scope: 'global' })),
  });
  const lookAt = async (...links: readonly object[]) => {
    const bound = ['10.96.0.1', '10.96.0.2'].map((ip) => ({ ip }));
    let left: object | undefined;
    const said = await told(
      addresses.look?.parts({ device: DEVICE, addresses: bound }, OURS.addresses) ?? [],
      async (isKnown) => {
        const ask = saying({ 'ip -json -details address show': `${JSON.stringify(links)}\n` });
        const desired = { device: DEVICE, addresses: [] };
        const looked = await addresses.look?.read(ask, { desired, ours: OURS.addresses }, isKnown);
        left = looked && addresses.diff(looked.observed, desired, OURS.addresses);
        return looked;
      },
    );
    return { ...said, left };
  };

  it.each([
    ['as programmed', [link('eth0', ['192.0.2.1']), link(DEVICE, ['10.96.0.1', '10.96.0.2'])], SAME, undefined],
    ['an address less', [link(DEVICE, ['10.96.0.1'])], { isKnown: true, missing: ['address 10.96.0.2'] }, undefined],
    [
      'an address more',
      [link(DEVICE, ['10.96.0.1', '10.96.0.2', '10.96.0.3'])],
      SAME,
      { removed: [{ ip: '10.96.0.3' }] },
    ],
    ['a device of another kind', [link(DEVICE, ['10.96.0.1', '10.96.0.2'], 'bridge')], SAME, { making: 'replace' }],
  ])('%s', async (_, links, said, left) => {
    const found = await lookAt(...links);
    expect(found).toMatchObject(said);
    if (left) expect(found.left).toMatchObject(left);
    else expect(found.left).toBeUndefined();
  });
});
