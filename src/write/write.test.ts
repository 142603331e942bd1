/** YAML, with the addresses in it that it lacked. */
import { describe, expect, it } from '@jest/globals';
import { HEAD, IP, IP6, PORT, written } from '../testing/cases/written.js';

/** A document's text from `spec:` on, before and after. */
const YAML: readonly (readonly [string, string, string])[] = [
  ['a block', 'spec:\n  ports:\n    - port: 80\n', `spec:\n  clusterIP: ${IP} # synthetic\n  ports:\n    - port: 80\n`],
  [
    'comments',
    'spec: # a\n  # b\n  ports: # c\n  # d\n  - port: 80 # e\n',
    `spec: # a\n  clusterIP: ${IP} # synthetic\n  # b\n  ports: # c\n  # d\n  - port: 80 # e\n`,
  ],
  [
    'no line end at the end',
    'spec:\n  ports:\n  - port: 80',
    `spec:\n  clusterIP: ${IP} # synthetic\n  ports:\n  - port: 80`,
  ],
  [
    'a node port in a block',
    'spec:\n  clusterIP: 10.96.0.7\n  type: NodePort\n  ports:\n  - port: 80   # web\n    targetPort: 8080\n',
    `spec:\n  clusterIP: 10.96.0.7\n  type: NodePort\n  ports:\n  - port: 80   # web\n    nodePort: ${PORT} # synthetic\n    targetPort: 8080\n`,
  ],
  [
    'a node port as the last line',
    'spec:\n  clusterIP: 10.96.0.7\n  type: NodePort\n  ports:\n  - port: 80',
    `spec:\n  clusterIP: 10.96.0.7\n  type: NodePort\n  ports:\n  - port: 80\n    nodePort: ${PORT} # synthetic`,
  ],
  ['a flow', 'spec: {ports: [{port: 80}]}\n', `spec: {clusterIP: ${IP}, # synthetic\n       ports: [{port: 80}]}\n`],
  [
    'a flow far to the right',
    'spec: {clusterIP: 10.96.0.7, type: NodePort, ports: [{port: 80}]}\n',
    `spec: {clusterIP: 10.96.0.7, type: NodePort, ports: [{nodePort: ${PORT}, # synthetic\n    port: 80}]}\n`,
  ],
  [
    'a flow in a block',
    'spec:\n  clusterIP: 10.96.0.7\n  type: NodePort\n  ports:\n  - {port: 80}\n',
    `spec:\n  clusterIP: 10.96.0.7\n  type: NodePort\n  ports:\n  - {nodePort: ${PORT}, # synthetic\n     port: 80}\n`,
  ],
  [
    'a flow of several lines',
    'spec: {\n  ports: [{port: 80}],\n  }\n',
    `spec: {\n  clusterIP: ${IP}, # synthetic\n  ports: [{port: 80}],\n  }\n`,
  ],
  [
    'a flow that is closed at its key',
    'spec: {\nports: [{\nport: 80}\n], selector: {a: "b\\\nc"}\n}\n',
    `spec: {\nclusterIP: ${IP}, # synthetic\nports: [{\nport: 80}\n], selector: {a: "b\\\nc"}\n}\n`,
  ],
  [
    'a list that is closed at its key',
    'spec:\n  type: NodePort\n  externalIPs: [\n  203.0.113.1\n  ]\n  ports: [\n  {\n  port: 80\n  }\n  ]\n',
    `spec:\n  clusterIP: ${IP} # synthetic\n  type: NodePort\n  externalIPs: [\n  203.0.113.1\n  ]\n  ports: [\n  {\n  nodePort: ${PORT}, # synthetic\n  port: 80\n  }\n  ]\n`,
  ],
  [
    'an empty field',
    'spec:\n  clusterIP:\n  ports:\n  - port: 80\n',
    `spec:\n  clusterIP: ${IP} # synthetic\n  ports:\n  - port: 80\n`,
  ],
  [
    'an empty field with a comment',
    'spec:\n  clusterIP: # any\n  ports:\n  - port: 80\n',
    `spec:\n  clusterIP: ${IP} # synthetic # any\n  ports:\n  - port: 80\n`,
  ],
  [
    'an empty text',
    'spec:\n  clusterIP: "" # any\n  ports:\n  - port: 80\n',
    `spec:\n  clusterIP: ${IP} # synthetic # any\n  ports:\n  - port: 80\n`,
  ],
  [
    'null',
    'spec:\n  clusterIP: ~\n  ports:\n  - port: 80\n',
    `spec:\n  clusterIP: ${IP} # synthetic\n  ports:\n  - port: 80\n`,
  ],
  [
    'node port 0',
    'spec:\n  clusterIP: 10.96.0.7\n  type: NodePort\n  ports:\n  - port: 80\n    nodePort: 0\n',
    `spec:\n  clusterIP: 10.96.0.7\n  type: NodePort\n  ports:\n  - port: 80\n    nodePort: ${PORT} # synthetic\n`,
  ],
  [
    'node port 0 in a flow',
    'spec: {clusterIP: 10.96.0.7, type: NodePort, ports: [{port: 80, nodePort: 0, name: a}]}\n',
    `spec: {clusterIP: 10.96.0.7, type: NodePort, ports: [{port: 80, nodePort: 30848 # synthetic\n    , name: a}]}\n`,
  ],
  [
    'two families',
    'spec:\n  ipFamilyPolicy: PreferDualStack\n  ports:\n  - port: 80\n',
    `spec:\n  clusterIP: ${IP} # synthetic\n  clusterIPs: [${IP}, ${IP6}] # synthetic\n  ipFamilies: [IPv4, IPv6] # synthetic\n  ipFamilyPolicy: PreferDualStack\n  ports:\n  - port: 80\n`,
  ],
  [
    'two families without a policy',
    'spec:\n  ipFamilies: [IPv4, IPv6]\n  ports:\n  - port: 80\n',
    `spec:\n  clusterIP: ${IP} # synthetic\n  clusterIPs: [${IP}, ${IP6}] # synthetic\n  ipFamilyPolicy: RequireDualStack # synthetic\n  ipFamilies: [IPv4, IPv6]\n  ports:\n  - port: 80\n`,
  ],
  [
    'the other family',
    'spec:\n  ipFamilyPolicy: PreferDualStack\n  clusterIP: 10.96.0.7\n  clusterIPs:\n  - 10.96.0.7 # mine\n  ipFamilies: [IPv4]\n  ports:\n  - port: 80\n',
    `spec:\n  ipFamilyPolicy: PreferDualStack\n  clusterIP: 10.96.0.7\n  clusterIPs:\n  - 10.96.0.7 # mine\n  - ${IP6} # synthetic: fd00:10:96::3024\n  ipFamilies: [IPv4, IPv6 # synthetic\n      ]\n  ports:\n  - port: 80\n`,
  ],
  [
    'an empty list',
    'spec:\n  ipFamilyPolicy: PreferDualStack\n  clusterIPs: []\n  ports:\n  - port: 80\n',
    `spec:\n  clusterIP: ${IP} # synthetic\n  ipFamilies: [IPv4, IPv6] # synthetic\n  ipFamilyPolicy: PreferDualStack\n  clusterIPs: [${IP}, ${IP6} # synthetic\n      ]\n  ports:\n  - port: 80\n`,
  ],
  [
    'a health check',
    'spec:\n  clusterIP: 10.96.0.7\n  type: LoadBalancer\n  allocateLoadBalancerNodePorts: false\n  externalTrafficPolicy: Local\n  ports:\n  - port: 80\n',
    'spec:\n  healthCheckNodePort: 31665 # synthetic\n  clusterIP: 10.96.0.7\n  type: LoadBalancer\n  allocateLoadBalancerNodePorts: false\n  externalTrafficPolicy: Local\n  ports:\n  - port: 80\n',
  ],
  [
    'ports that are merged',
    'spec:\n  clusterIP: 10.96.0.7\n  type: NodePort\n  ports:\n  - <<: {port: 80}\n',
    `spec:\n  clusterIP: 10.96.0.7\n  type: NodePort\n  ports:\n  - nodePort: ${PORT} # synthetic\n    <<: {port: 80}\n`,
  ],
  [
    'Windows line ends',
    'spec:\r\n  ports:\r\n  - port: 80\r\n',
    `spec:\r\n  clusterIP: ${IP} # synthetic\r\n  ports:\r\n  - port: 80\r\n`,
  ],
  [
    'numbers of YAML 1.1, quotes, folded text',
    'spec:\n  ports: [{port: 0120}]\n  selector: {"on": \'yes\', a: "1e3"}\nstatus: {}\n',
    `spec:\n  clusterIP: ${IP} # synthetic\n  ports: [{port: 0120}]\n  selector: {"on": 'yes', a: "1e3"}\nstatus: {}\n`,
  ],
  [
    'an address with a colon at its end',
    'spec:\n  ipFamilyPolicy: PreferDualStack\n  clusterIP: "fd00:10:96::"\n  clusterIPs: [fd00:10:96::]\n  ipFamilies: [IPv6]\n  ports: [{port: 80}]\n',
    `spec:\n  ipFamilyPolicy: PreferDualStack\n  clusterIP: "fd00:10:96::"\n  clusterIPs: [fd00:10:96::, ${IP} # synthetic: ${IP}\n      ]\n  ipFamilies: [IPv6, IPv4 # synthetic\n      ]\n  ports: [{port: 80}]\n`,
  ],
  [
    'quoted text at its key in a list item',
    'spec:\n  type: NodePort\n  ports:\n  - port: 80\n    appProtocol: "ab\\\n  cd"\n',
    `spec:\n  clusterIP: ${IP} # synthetic\n  type: NodePort\n  ports:\n  - port: 80\n    nodePort: ${PORT} # synthetic\n    appProtocol: "ab\\\n  cd"\n`,
  ],
  [
    'a line that ends with CR alone',
    'spec:\n  ports:\n  - port: 80\n  type: ClusterIP\r  sessionAffinity: None\n',
    `spec:\n  clusterIP: ${IP} # synthetic\n  ports:\n  - port: 80\n  type: ClusterIP\r  sessionAffinity: None\n`,
  ],
  [
    'nothing that is lacking',
    'spec:   {clusterIP:   10.96.0.7,ports: [ {port: 80} ]  }\n\n\n',
    'spec:   {clusterIP:   10.96.0.7,ports: [ {port: 80} ]  }\n\n\n',
  ],
];

describe('YAML with', () => {
  it.each(YAML)('%s', (_, before, after) => {
    expect(written(`${HEAD}${before}`)).toEqual({ text: `${HEAD}${after}`, codes: [] });
  });

  it('several documents: the others stay as they are', () => {
    const other = '# a comment\n\n---   # another\nkind:   ConfigMap\napiVersion:  v1\ndata: { a:   "b" }\n---\n';
    const service = `${HEAD}spec:\n  ports:\n  - port: 80\n...\n`;
    const { text } = written(`${other}${service}---\n${other}`);
    expect(text).toBe(`${other}${service.replace('spec:', `spec:\n  clusterIP: ${IP} # synthetic`)}---\n${other}`);
  });

  it('the end of a document before it', () => {
    const text = `# a\n...\n${HEAD}spec:\n  ports:\n  - port: 80\n`;
    expect(written(text).text).toBe(text.replace('spec:', `spec:\n  clusterIP: ${IP} # synthetic`));
  });

  it('an IPAddress of the cluster: what that says is not made up', () => {
    const address = `---\napiVersion: networking.k8s.io/v1\nkind: IPAddress\nmetadata: {name: 10.96.7.7}\nspec: {parentRef: {resource: services, namespace: default, name: web}}\n`;
    const { text } = written(`${HEAD}spec:\n  ipFamilyPolicy: PreferDualStack\n  ports: [{port: 80}]\n${address}`);
    expect(text.match(/clusterIPs?: .*/g)).toEqual([
      'clusterIP: 10.96.7.7 # as in the cluster',
      `clusterIPs: [10.96.7.7, ${IP6}] # synthetic: fd00:10:96::3024`,
    ]);
  });

  it('a List', () => {
    const list = `kind: List\napiVersion: v1\nitems:\n- ${HEAD.trimEnd().replaceAll('\n', '\n  ')}\n  spec:\n    ports:\n    - port: 80\n`;
    expect(written(list).text).toBe(list.replace('spec:', `spec:\n    clusterIP: ${IP} # synthetic`));
  });
});

describe('aliases', () => {
  const list = (...items: string[]) => `# kept\nkind: List\napiVersion: v1\nitems:\n${items.join('')}`;
  const item = (name: string, spec: string) =>
    `- apiVersion: v1\n  kind: Service\n  metadata: {name: ${name}}\n  spec: ${spec}\n`;

  it('where a value has to go are written out', () => {
    const { text, codes } = written(list(item('web', '&s {ports: [{port: 80}]}'), item('b', '*s')));
    expect(codes).toEqual(['written-anew']);
    expect(text.match(/clusterIP: .*/g)).toEqual([
      `clusterIP: ${IP} # synthetic`,
      'clusterIP: 10.104.58.214 # synthetic',
    ]);
    expect(text).toMatch(/^# kept\nkind: List\n[^&*]*$/);
  });

  it('elsewhere stay', () => {
    const text = list(
      item('web', '{ports: [{port: 80}], selector: &s {app: a}}'),
      item('b', '{ports: [{port: 80}], selector: *s}'),
    );
    expect(written(text)).toMatchObject({ codes: [], text: expect.stringContaining('selector: *s}') });
  });

  it('that stand for more than fits into memory are refused', () => {
    const bomb = Array.from(
      { length: 9 },
      (_, i) =>
        `    b${i}: &b${i} [${Array(9)
          .fill(i === 0 ? 'x' : `*b${i - 1}`)
          .join(', ')}]\n`,
    );
    // An admitted object has no unknown fields, so there is no other diagnostic.
    const head = HEAD.replace('name: web', 'name: web, uid: u, resourceVersion: "1"');
    const { text, codes } = written(`${head}spec: &s\n  ports: [{port: 80}]\nstatus:\n  x:\n${bomb.join('')}`);
    expect(codes).toEqual(['cannot-write']);
    expect(text).not.toContain(IP);
  });
});
