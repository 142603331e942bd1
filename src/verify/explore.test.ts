import { readFileSync, existsSync, writeFileSync } from 'node:fs';
import { it } from '@jest/globals';
import { readDump } from '../packet/dump.js';
import { rulesOf } from '../packet/desired.js';
import { compileState } from '../pipeline.js';
import { conformanceCases, caseInput } from '../testing/cases/cases.js';
import { verify as run } from './verify.js';
const verify = (a: any, b: any) => { const differences: any[] = []; const c = run(a, b, (d) => differences.push(d)); return { ...c, differences }; };

const NODE = ['192.168.7.2', 'fd00:7::2'];
function compiled(each: any, mode?: string) {
  const { sources, options, completion } = caseInput(each);
  const { value } = compileState(sources, mode ? { ...options, mode } : options, { completion });
  const elsewhere = new Set<string>(value!.resolved.flatMap(({ports}: any) => ports.flatMap((p: any) => [...p.endpoints.reachable, ...p.endpoints.serving].filter((e: any) => !e.local).map((e: any) => e.ip))));
  if (process.env.SHOW) console.log(JSON.stringify(value!.resolved[0]!.ports[0], null, 1).slice(0, 3000));
  return { rules: rulesOf(value!.desired, NODE), elsewhere };
}
function dump(each: any, ipvs = false) {
  const dir = `${each.directory}kube-proxy/${ipvs ? 'ipvs/' : ''}`;
  const names = ['iptables-save', 'ip6tables-save', ...(ipvs ? ['ipset-save', 'ipvsadm-save', 'kube-ipvs0'] : [])];
  const r = readDump(names.filter((n) => existsSync(dir + n)).map((n) => ({ name: n, text: readFileSync(dir + n, 'utf8') })), 'kube-ipvs0');
  if (r.diagnostics.length) console.log(r.diagnostics);
  return { rules: { ...r.value.rules, addresses: new Set([...NODE, ...r.value.rules.addresses]) } };
}
const say = (v: any) => {
  const by = new Map();
  for (const d of v.differences) {
    const k = d.kind + ' ' + d.byDesign.join('+') + ' ' + (process.env.ALLD ? '' : '');
    if (!by.has(k)) by.set(k, []);
    by.get(k).push(d);
  }
  const { differences, ...c } = v;
  return JSON.stringify(c) + '\n' + [...by].map(([k, l]: any) => `  ${k} ${l.length}\n` + l.slice(0, Number(process.env.EX ?? 2)).map((d: any) => `     ${d.packet.source.text} ${d.packet.inInterface ?? 'node'} > ${d.packet.destination.text}:${d.packet.destinationPort} ${d.packet.protocol} ${d.packet.state ?? ''} ${JSON.stringify(d.packet.remembered ?? '')} | ${d.fates.map((f: any) => f.map((x: any) => `${x.end} ${x.to ?? ''} ${x.source ?? ''} ${x.marks} ${x.isLocal ? 'l' : ''} ${x.affinity ?? ''} ${x.scheduler ?? ''} ${x.outcome.depends} ${Number(x.share.n) / Number(x.share.d)}`).join('; ')).join('  ==>  ')}${process.env.STEPS ? d.fates.map((f: any) => '\n    ## ' + f[0].outcome.steps.map((x: any) => x.text).join('\n      ')).join('') : ''}`).join('\n')).join('\n');
};
it('x', () => {
  const only = process.env.CASE ?? '';
  let out = '';
  for (const each of conformanceCases().filter(({ name }) => name.includes(only))) {
    const t = Date.now();
    const what = process.env.WHAT ?? 'dump';
    if (what === 'dump' && Object.keys(each.dumps).length === 0) continue;
    const v = what === 'dump' ? verify(compiled(each), dump(each)) : what === 'ipvsdump' ? verify(compiled(each, 'ipvs'), dump(each, true)) : verify(compiled(each, 'iptables'), compiled(each, 'ipvs'));
    if (process.env.QUIET && v.differences.length === 0) continue;
    out += `${each.name} ${Date.now() - t} ms ${say(v)}\n`;
  }
  writeFileSync('/tmp/verify-out.txt', out);
});
