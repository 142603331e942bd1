/**
 * The import rules: which files may import which, and which may use files, processes or clocks. src/imports.test.ts
 * checks the rules, and prints them into docs/architecture.md (`npm run house`).
 *
 * A place is a folder (ends with /) or a file; a file belongs to the longest place that matches it. The files of a
 * folder may import each other; a file with a rule of its own imports only what that rule permits. Names are paths
 * below src, or ../ and a path in the repository; packages are npm:NAME, modules of Node node:NAME, globals
 * global:NAME.
 */
import { type Rule, rule } from './rule.js';

/** What every tool may import; another tool only where its rule names it. */
const TOOL = 'tools/ask.ts tools/tool.ts diag.ts text.ts';

/** What every proxy mode may import: never another mode. */
const MODE =
  'backends/backend.ts backends/features.ts backends/shared/ tools/conntrack/ tools/iptables/ tools/tools.ts ' +
  'resolve/types.ts ip.ts';

/** In the order of the pipeline. */
export const RULES: readonly Rule[] = [
  rule('printable.ts', ''),
  rule('diag.ts', 'printable.ts'),
  rule('owner.ts', ''),
  rule('text.ts', 'diag.ts owner.ts'),
  rule('table.ts', ''),
  rule('json.ts', ''),
  rule('yaml.ts', 'npm:yaml'),
  rule('ip.ts', ''),
  rule('order.ts', ''),
  rule('near.ts', ''),
  rule('options.ts', 'ip.ts'),
  rule('files.ts', 'diag.ts', 'node:crypto node:fs node:path'),
  rule('read/', 'diag.ts ip.ts near.ts options.ts order.ts printable.ts'),
  rule('read/source.ts', 'read/foreign.ts diag.ts', 'node:buffer node:fs node:path'),
  rule('read/yaml.ts', 'read/yaml/ npm:js-yaml'),
  rule('read/yaml/', 'npm:js-yaml'),
  rule('complete/', 'read/types.ts diag.ts ip.ts order.ts'),
  rule(
    'clusters/',
    'complete/assign.ts complete/range.ts discover/dns/ read/names.ts read/types.ts ' + 'diag.ts ip.ts order.ts',
  ),
  rule('lint/', 'read/selects.ts read/types.ts diag.ts ip.ts near.ts order.ts'),
  rule('lint/ignores.ts', 'read/locate.ts read/positions.ts diag.ts near.ts'),
  rule('lint/findings.ts', 'lint/ignores.ts lint/input-codes.ts lint/registry.ts diag.ts'),
  rule('front.ts', 'front/ clusters/ complete/ lint/ read/types.ts diag.ts ip.ts'),
  rule('front/', 'complete/allocate.ts read/ diag.ts'),
  rule('resolve/', 'read/types.ts diag.ts ip.ts options.ts order.ts table.ts text.ts'),
  rule('review/', 'resolve/view.ts resolve/rows.ts table.ts text.ts npm:diff'),
  rule('tools/l4.ts', ''),
  rule('tools/lines.ts', 'diag.ts'),
  rule('tools/ask.ts', 'diag.ts'),
  rule('tools/detected.ts', 'ip.ts'),
  rule('tools/fingerprints.ts', ''),
  rule('tools/tool.ts', 'tools/ask.ts tools/detected.ts review/compare.ts diag.ts ip.ts owner.ts text.ts'),
  rule('tools/refusal.ts', 'tools/ask.ts tools/tool.ts diag.ts text.ts'),
  rule('tools/counted.ts', 'tools/tool.ts text.ts'),
  rule(
    'tools/iptables/',
    `${TOOL} tools/detected.ts tools/fingerprints.ts tools/l4.ts tools/nft/ tools/refusal.ts review/compare.ts ip.ts ` +
      'json.ts owner.ts',
  ),
  rule('tools/ipset/', `${TOOL} tools/l4.ts tools/lines.ts ip.ts json.ts owner.ts`),
  rule('tools/ipvs/', `${TOOL} tools/l4.ts tools/lines.ts ip.ts json.ts owner.ts`),
  rule('tools/addresses/', `${TOOL} ip.ts json.ts owner.ts`),
  rule('tools/nft/', `${TOOL} tools/detected.ts tools/lines.ts tools/refusal.ts ip.ts owner.ts`),
  rule('tools/relay/', `${TOOL} tools/lines.ts tools/refusal.ts ip.ts json.ts owner.ts`),
  rule('tools/conntrack/', `${TOOL} tools/l4.ts ip.ts`),
  rule('tools/sysctl/', `${TOOL} json.ts`),
  rule(
    'tools/tools.ts',
    'tools/tool.ts tools/addresses/tool.ts tools/ipset/tool.ts tools/iptables/tool.ts tools/ipvs/tool.ts ' +
      'tools/nft/tool.ts tools/relay/tool.ts tools/sysctl/tool.ts',
  ),
  rule('backends/features.ts', ''),
  rule('backends/chain-names.ts', ''),
  rule('backends/backend.ts', 'backends/features.ts tools/ resolve/types.ts diag.ts ip.ts json.ts options.ts text.ts'),
  rule(
    'backends/shared/',
    'backends/backend.ts backends/chain-names.ts backends/features.ts tools/ resolve/order.ts resolve/types.ts ' +
      'diag.ts ip.ts json.ts text.ts',
  ),
  rule('backends/shared/hash.ts', 'backends/shared/sha256.ts'),
  rule('backends/shared/sha256.ts', 'node:crypto.hash'),
  rule('backends/iptables/', `${MODE} backends/chain-names.ts resolve/order.ts diag.ts options.ts order.ts`),
  rule(
    'backends/iptables/names.ts',
    'backends/shared/hash.ts backends/shared/service-chains.ts resolve/types.ts ip.ts',
  ),
  rule(
    'backends/ipvs/',
    `${MODE} tools/addresses/ tools/ipset/ tools/ipvs/ tools/l4.ts tools/sysctl/ diag.ts options.ts text.ts`,
  ),
  rule(
    'backends/nftables/',
    'backends/backend.ts backends/shared/ tools/conntrack/ tools/nft/ tools/l4.ts tools/tools.ts resolve/types.ts diag.ts ip.ts ' +
      'json.ts options.ts text.ts',
  ),
  rule(
    'backends/userspace/',
    'backends/backend.ts backends/shared/ tools/conntrack/ tools/iptables/ tools/relay/ tools/tools.ts resolve/types.ts diag.ts ip.ts options.ts',
  ),
  rule('backends/userspace/proxy-ports.ts', 'backends/shared/hash.ts options.ts'),
  rule(
    'backends/index.ts',
    'backends/backend.ts backends/iptables/ backends/ipvs/ backends/nftables/ backends/userspace/',
  ),
  rule('backends/kubelet.ts', 'backends/chain-names.ts backends/iptables/names.ts tools/iptables/'),
  rule(
    'backends/ours.ts',
    'backends/backend.ts backends/chain-names.ts backends/index.ts backends/kubelet.ts backends/nftables/ tools/iptables/ tools/tools.ts ip.ts',
  ),
  rule(
    'backends/served.ts',
    'backends/backend.ts backends/index.ts tools/conntrack/ tools/tools.ts resolve/types.ts ip.ts',
  ),
  rule('synthetic.ts', 'backends/backend.ts json.ts text.ts'),
  rule(
    'pipeline.ts',
    'front.ts clusters/ complete/ resolve/ backends/ tools/tools.ts synthetic.ts read/types.ts diag.ts ip.ts ' +
      'json.ts options.ts text.ts',
  ),
  rule('vipc.ts', 'pipeline.ts backends/backend.ts complete/complete.ts read/ diag.ts ip.ts options.ts text.ts'),
  rule('nodes.ts', 'pipeline.ts backends/backend.ts clusters/ read/types.ts diag.ts options.ts'),
  rule('increment/', 'pipeline.ts resolve/ backends/backend.ts tools/tools.ts read/ diag.ts ip.ts options.ts'),
  rule('discover/', 'read/types.ts diag.ts ip.ts order.ts'),
  rule(
    'views/',
    'lint/ resolve/view.ts read/locate.ts read/names.ts read/types.ts diag.ts ip.ts near.ts order.ts printable.ts ' +
      'table.ts',
  ),
  rule('views/yaml.ts', 'printable.ts yaml.ts'),
  rule('kubectl/', 'read/types.ts order.ts'),
  rule('relay/', 'tools/relay/ tools/ask.ts ip.ts owner.ts text.ts'),
  rule('relay/tcp.ts', 'relay/attempts.ts relay/types.ts', 'node:net'),
  rule('relay/udp.ts', 'relay/attempts.ts relay/types.ts', 'node:dgram global:setTimeout'),
  rule(
    'relay/process.ts',
    'relay/ tools/',
    'node:fs node:os global:performance global:process global:setImmediate global:setTimeout',
  ),
  rule('write/', 'read/ diag.ts'),
  rule('write/tree.ts', 'diag.ts npm:yaml'),
  rule('write/token.ts', 'npm:yaml'),
  rule('write/expand.ts', 'yaml.ts'),
  rule('diff/', 'review/compare.ts backends/ours.ts tools/ diag.ts ip.ts owner.ts'),
  rule(
    'packet/',
    'tools/ipset/ tools/iptables/ tools/ipvs/ tools/nft/ tools/relay/ tools/detected.ts tools/tools.ts ip.ts owner.ts',
  ),
  rule('dumps/', 'packet/node.ts tools/ diag.ts ip.ts owner.ts'),
  rule(
    'trace/',
    'discover/dns/ packet/ dumps/node.ts pipeline.ts resolve/ tools/iptables/ read/names.ts read/types.ts diag.ts ip.ts ' +
      'near.ts options.ts owner.ts table.ts',
  ),
  rule('effect/', 'packet/ pipeline.ts review/compare.ts resolve/types.ts tools/ipset/ ip.ts owner.ts table.ts'),
  rule(
    'explain/',
    'clusters/clusterset-dns.ts doctor/finding.ts discover/dns/ lint/judge.ts lint/policies.ts lint/rules/ packet/ pipeline.ts backends/backend.ts backends/index.ts ' +
      'resolve/ review/compare.ts read/ diag.ts ip.ts near.ts options.ts order.ts printable.ts table.ts',
  ),
  rule(
    'report/',
    'explain/ trace/ views/problems.ts effect/ packet/ pipeline.ts backends/backend.ts resolve/ review/compare.ts tools/ ' +
      'read/locate.ts read/types.ts diag.ts ip.ts options.ts owner.ts',
  ),
  rule('report/html.ts', '', 'node:crypto.hash'),
  rule(
    'page/',
    'diag.ts report/ serve/history.ts serve/page.ts explain/ trace/ effect/ lint/lint.ts packet/ backends/index.ts resolve/types.ts ' +
      'review/compare.ts read/types.ts ip.ts ' +
      'npm:preact npm:@tanstack/virtual-core npm:@dagrejs/dagre',
    'global:*',
  ),
  rule('page/sha256.ts', 'npm:@noble/hashes'),
  rule('page/place.ts', 'diag.ts'),
  rule('doctor/', 'tools/tools.ts ip.ts'),
  rule(
    'apply/',
    'diff/ backends/backend.ts backends/ours.ts backends/served.ts tools/ diag.ts ip.ts options.ts text.ts',
  ),
  rule('apply/host.ts', 'tools/ask.ts', 'npm:execa node:os node:timers global:setTimeout'),
  rule('apply/lock.ts', 'diag.ts files.ts', 'node:child_process node:fs global:process'),
  rule('watch/', '', 'node:timers global:Math.random global:performance global:setTimeout'),
  rule('watch/client.ts', 'watch/kubeconfig.ts', 'node:http node:https node:stream node:zlib'),
  rule('watch/kubeconfig.ts', '', 'npm:@kubernetes/client-node node:fs node:path global:process'),
  rule('watch/files.ts', 'watch/source.ts front.ts read/source.ts read/types.ts diag.ts', 'global:setTimeout'),
  rule('watch/store.ts', 'watch/changes.ts watch/claimed.ts watch/faults.ts watch/stored.ts read/ diag.ts'),
  rule('watch/changes.ts', 'read/types.ts'),
  rule('watch/claimed.ts', 'read/claims.ts read/types.ts diag.ts'),
  rule('watch/faults.ts', 'watch/changes.ts diag.ts'),
  rule('watch/stored.ts', 'watch/changes.ts read/types.ts'),
  rule(
    'serve/',
    'report/ review/compare.ts backends/backend.ts resolve/types.ts tools/ diag.ts ip.ts',
    'global:Date.now',
  ),
  rule('serve/data.ts', 'report/', 'node:zlib global:performance global:setImmediate'),
  rule('serve/connections.ts', '', 'node:net global:setImmediate'),
  rule('serve/http.ts', 'serve/connections.ts ip.ts', 'node:http'),
  rule('serve/notify.ts', '', 'node:child_process global:process global:setInterval'),
  rule('serve/series.ts', '', 'npm:prom-client'),
  rule(
    'sync/',
    'watch/changes.ts watch/source.ts watch/store.ts increment/ serve/ report/ apply/ diff/ review/ backends/backend.ts ' +
      'backends/index.ts backends/features.ts resolve/types.ts tools/ read/ diag.ts options.ts owner.ts',
    'npm:pino global:Date.now global:Math.random global:performance global:setImmediate global:setTimeout',
  ),
  rule('sync/collect.ts', '', 'node:v8 node:vm global:setTimeout'),
  rule(
    'sync/relay-process.ts',
    'apply/host.ts relay/types.ts relay/process.ts tools/',
    'node:child_process node:url global:process',
  ),
  rule('sync/relay-socket.ts', 'apply/host.ts tools/', 'node:fs node:net'),
  rule('verify/', 'packet/ tools/ backends/iptables/names.ts ip.ts json.ts node:crypto.hash'),
  rule('migrate/', 'verify/ packet/ doctor/finding.ts resolve/types.ts tools/iptables/ owner.ts table.ts'),
  rule(
    'cli/',
    'sync/ serve/ watch/ report/ apply/ doctor/ trace/ verify/ migrate/ dumps/ effect/ explain/ packet/ diff/ review/ write/ kubectl/ relay/ views/ discover/ lint/ nodes.ts pipeline.ts ' +
      'front.ts near.ts backends/ tools/ synthetic.ts resolve/ clusters/ complete/complete.ts read/ diag.ts ' +
      'files.ts ip.ts options.ts order.ts printable.ts table.ts text.ts',
    'npm:commander npm:pino node:* global:*',
  ),
  rule('../bin/', 'cli/main.ts', 'node:v8.setFlagsFromString global:process'),
  rule('../scripts/', 'computed', 'npm:jest-environment-node node:* global:*'),
  rule('../scripts/build-page.js', '', 'npm:esbuild node:fs node:url'),
  rule('../scripts/build-program.js', '', 'npm:esbuild node:url'),
  rule('../jest.config.js', '', 'global:process'),
];

/** Known cycles of files; there should be none. */
export const CIRCLES: readonly string[] = [];
