import { describe, expect, it } from '@jest/globals';
import { sections } from './sections.js';

const TEXT = `*filter
:INPUT ACCEPT [0:0]
:KUBE-SERVICES - [0:0]
-A INPUT -j KUBE-FIREWALL
-A KUBE-SERVICES -d 10.96.0.2/32 -p tcp -m comment --comment "default/api:web has no endpoints" -m tcp --dport 80 -j REJECT
COMMIT
*nat
:KUBE-SEP-B - [0:0]
:KUBE-SVC-A - [0:0]
-A KUBE-SEP-B -s 10.244.1.5/32 -j KUBE-MARK-MASQ
-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment default/web -m tcp --dport 80 -j KUBE-SVC-A
-A KUBE-SVC-A -j KUBE-SEP-B
COMMIT
`;

describe('sections', () => {
  it('gives each chain to the Service it serves, by comment or by who jumps to it', () => {
    const found = sections(TEXT, (chain) => /^KUBE-S(?:EP|VC)-/.test(chain)).map(({ title, service, lines }) => [
      title,
      service ?? '-',
      lines.length,
    ]);
    expect(found).toEqual([
      ['filter INPUT', '-', 2],
      ['filter KUBE-SERVICES', '-', 1],
      ['filter KUBE-SERVICES', 'default/api:web', 1],
      ['nat KUBE-SEP-B', 'default/web', 2],
      ['nat KUBE-SVC-A', 'default/web', 2],
      ['nat KUBE-SERVICES', 'default/web', 1],
    ]);
  });
});
