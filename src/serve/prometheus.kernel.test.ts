/**
 * The metrics page as Prometheus itself reads it.
 */
import { expect, it } from '@jest/globals';
import { localHost } from '../apply/host.js';
import { ROOT } from '../testing/cases/cases.js';
import { smallProgram } from '../testing/cases/small-program.js';
import { describeInKernel } from '../testing/machine/rings.js';
import { noLocalEndpoints, rulesIn } from './counts.js';
import { newMetrics } from './metrics.js';

const describeKernel = await describeInKernel();

/** Names that are kube-proxy's, or prom-client's for the process, and not as Prometheus would have them. */
const KNOWN = [
  'kubeproxy_sync_proxy_rules_iptables_total non-counter metrics should not have "_total" suffix',
  'kubeproxy_sync_proxy_rules_no_local_endpoints_total non-counter metrics should not have "_total" suffix',
];

describeKernel('promtool check metrics', () => {
  it('finds nothing wrong but names that we did not choose', async () => {
    const metrics = newMetrics();
    const { resolved, desired } = smallProgram();
    metrics.queued(1_900_000_000);
    const counts = { rules: rulesIn(desired), noLocal: noLocalEndpoints(resolved) };
    metrics.synced({ full: true, at: 1_900_000_001, seconds: 0.2, steps: { apply: 0.1 }, ...counts });
    metrics.requested({ code: '<error>', host: '[fd00::1]:6443', method: 'GET' });
    // scripts/setup.sh leaves it there.
    const argv = ['env', `PATH=${ROOT}.cache/bin:${process.env.PATH}`, 'promtool', 'check', 'metrics'];
    const { code, stdout, stderr } = await localHost().run(argv, await metrics.text());
    const remarks = `${stdout}${stderr}`.split('\n').filter((line) => line !== '');
    // 1 says that it cannot be parsed, 3 that there are remarks.
    expect({ code, remarks: remarks.filter((line) => !/^nodejs_/.test(line)) }).toEqual({ code: 3, remarks: KNOWN });
  });
});
