/**
 * The text of docs/lint.md: an introduction, and the rules of the registry.
 */
import { INPUT_CODES } from '../../lint/input-codes.js';
import { RULES } from '../../lint/registry.js';
import type { Rule } from '../../lint/rule.js';
import { diffLines } from '../../review/compare.js';

const INTRODUCTION = `# Lint

\`vipc lint\` says what an API server takes, and what is hardly meant: a selector that finds nothing, an address that two want,
a policy that drops what comes. It reads what other commands read: files and directories of manifests, a dump, standard input,
or a cluster (\`--context\`, \`--kubeconfig\`). The more there is, the more it can say: of manifests alone nothing about nodes.

\`\`\`console
$ sed 's/nodePort: 30080/nodePort: 32768/' fixtures/tour/web/cluster.yaml | vipc lint
<stdin>:27:17: warning: Service default/web has node port 32768, and the cluster's are 30000-32767 [node-port-out-of-range]
   27 |       nodePort: 32768
      |                 ^
  --service-node-port-range says another range
<stdin>:27:17: warning: Service default/web: node port 32768 is among the ports that a node's own connections take (32768-60999) [node-port-ephemeral]
   27 |       nodePort: 32768
      |                 ^
  take a port below 32768, or keep it free with net.ipv4.ip_local_reserved_ports on every node

1 warning  node-port-ephemeral
1 warning  node-port-out-of-range
$ vipc lint fixtures/tour/web/cluster.yaml
nothing found
\`\`\`

| option              | what it does                                                                                  |
| ------------------- | --------------------------------------------------------------------------------------------- |
| \`--severity LEVEL\`  | what is shown, and makes the exit code 1: \`error\`, \`warning\` and worse (the default), or \`note\` and worse, which is all |
| \`--format FORMAT\`   | \`text\`; \`json\`, a list of findings; \`sarif\`, SARIF 2.1.0; \`github\`, commands of GitHub Actions |
| \`--lint-config FILE\` | severities by code; \`.vipc-lint.yaml\` of the current directory where it is not given         |
| \`--node NAME\`       | findings that depend on a node are for this one alone: its Local policies, its addresses, and those of \`--node-address IP\` |
| \`--cluster NAME=PATH\` | one of several clusters, instead of PATH: all are linted, and what they export to each other |
| \`--simulate\`        | makes the Pods and addresses that manifests leave to a cluster, so that rules see more         |

Exit codes: 0 nothing of that severity; 1 findings; 2 trouble. What an API server would refuse is trouble: such errors are
printed, in every format, and nothing else is looked for. With \`--skip-invalid\` they are warnings, and the rest is looked at.

## Ignore a finding

A comment in the input ignores findings of the codes it names: at the end of the line that a finding is at, alone in the line
above it, or for a whole object above the object's first line.

\`\`\`yaml
# vipc-ignore: external-ips, source-ranges-bypassed
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  externalIPs: [203.0.113.10]
  ports:
    - port: 80
      nodePort: 40080 # vipc-ignore: node-port-ephemeral
\`\`\`

A code that ignores nothing is a note itself, \`unused-ignore\`. Errors cannot be ignored.

The configuration gives codes another severity, or turns them off:

\`\`\`yaml
severity:
  external-ips: off
  vip-conflict: error
\`\`\`

## In CI

\`\`\`yaml
name: lint
on: pull_request
permissions: { security-events: write }
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 22 }
      - run: git clone --depth 1 "$VIPC_REPOSITORY" "$RUNNER_TEMP/vipc" && cd "$RUNNER_TEMP/vipc" && npm ci && npm link
        env: { VIPC_REPOSITORY: "\${{ vars.VIPC_REPOSITORY }}" }
      # Beside the lines of the pull request.
      - run: vipc lint deploy --format github
      # Or among the alerts of code scanning.
      - run: vipc lint deploy --severity note --format sarif > lint.sarif || test $? = 1
        if: always()
      - uses: github/codeql-action/upload-sarif@v3
        if: always()
        with: { sarif_file: lint.sarif }
\`\`\`
`;

const RULES_INTRODUCTION = `## Rules

Those with a mark in the last column every command runs that reads a cluster; the others \`vipc lint\` alone. The list is
printed from \`src/lint/rules\`. The examples of each are its tests: the first has the finding at the lines that say so; the
second, of which the page shows the lines that differ, has none.
`;

const INPUT_INTRODUCTION = `## What is said of the input

While the input is read and completed, beside the rules above. [validation.md](validation.md) has what is checked of each
field.
`;

export function page(): string {
  const rows = RULES.map(({ code, severity, summary, everywhere }) => {
    return `| [${code}](#${code}) | ${severity} | ${summary} | ${everywhere || isRead(code) ? '✓' : ''} |`;
  });
  const table = ['| code | severity | what is found | |', '| --- | --- | --- | --- |', ...rows];
  const input = Object.entries(INPUT_CODES).map(([code, summary]) => `| ${code} | ${summary} |`);
  const inputTable = ['| code | what it is |', '| --- | --- |', ...input];
  return [
    INTRODUCTION,
    RULES_INTRODUCTION,
    `${table.join('\n')}\n`,
    ...RULES.map(section),
    INPUT_INTRODUCTION,
    `${inputTable.join('\n')}\n`,
  ].join('\n');
}

/** Whether reading finds it, so that all commands report it; unused-ignore comes from `vipc lint` only. */
function isRead(code: string): boolean {
  return RULES.some((rule) => rule.code === code && rule.check === undefined && code !== 'unused-ignore');
}

function section({ code, severity, summary, why, failing, passing }: Rule): string {
  const first = `\`\`\`yaml\n${failing}\`\`\``;
  return `### ${code}\n\n${summary} (${severity}). ${why}\n\n${first}\n\n${changed(failing, passing)}\n`;
}

/** Lines of context around a change. */
const CONTEXT = 1;

/** The passing example as its difference from the failing one, or whole where that is shorter. */
function changed(failing: string, passing: string): string {
  const lines = diffLines(unmarked(failing).split('\n'), passing.split('\n'));
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - CONTEXT), i + CONTEXT + 1).some(({ kind }) => kind !== ' '),
  );
  const shown = lines.flatMap(({ kind, text }, i) => {
    const line = `${kind}${text}`.trimEnd();
    if (near[i]) return [line];
    return near[i - 1] ? [' …'] : [];
  });
  const short = shown.join('\n').trimEnd().replace(/\n …$/, '');
  return short.length < passing.length ? `\`\`\`diff\n${short}\n\`\`\`` : `\`\`\`yaml\n${passing}\`\`\``;
}

/** Without the marks of findings. */
function unmarked(text: string): string {
  return text.replace(/ *# <- .*/g, '');
}
