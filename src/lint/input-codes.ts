/**
 * lint, part: codes of diagnostics that reading and completing the input report, beside the lint rules.
 * docs/validation.md has the rules of each field.
 */

/** One sentence for each code, without a full stop. */
export const INPUT_CODES: Readonly<Record<string, string>> = {
  'duplicate-object': 'One object is in the input twice',
  'duplicate-value': 'A list has something twice that it may have once',
  'empty-snapshot': 'The input holds no object',
  'family-missing': 'A Service wants a family that the cluster does not have',
  hook: 'An object is part of a Helm hook, and there only at some moment of a release',
  'invalid-field': 'A value is not what the API takes',
  'mcs-conflict': 'Several clusters export Services of one name, and they differ (`--cluster`)',
  'mcs-invalid-export': 'A ServiceExport is for a Service that is not there, or cannot be exported (`--cluster`)',
  'mcs-no-address': 'No ClusterSetIP is left for an exported Service (`--cluster`)',
  'mcs-no-slices': 'A ServiceImport has no EndpointSlices, and no cluster of the input exports it (`--cluster`)',
  'mcs-overlap': 'Endpoints in two clusters have the same address (`--cluster`)',
  'missing-field': 'A required field is missing',
  'not-a-file': 'A directory has something that is no file, which is passed over',
  'not-an-object': 'A document is a list or a scalar',
  'not-a-manifest': 'A file is no manifest but that of another program, such as a Helm template',
  'not-listed': 'A cluster does not list objects of a kind',
  'pod-ended': 'A Pod that has ended is selected, and is no endpoint',
  'pod-network-full': 'More Pods are simulated than a Node has addresses for',
  'pod-without-node': 'A Pod that has an address is on a Node that the input does not have',
  'selector-mismatch': 'The selector of a workload is not met by its own template',
  syntax: 'A text is no YAML or JSON',
  'too-large': 'An input is too large to be read',
  'too-many': 'There are more problems of a kind than are listed',
  'too-many-endpoints': 'A Service has more endpoints than vipc makes slices for',
  'too-many-pods': 'More Pods are asked for than vipc simulates',
  unschedulable: 'No Node would take a Pod that is simulated',
  'unknown-field': 'A field that the API does not have, mostly a misspelt one',
  'unsupported-version': 'A kind or a version of one that vipc does not read, mostly a misspelt one',
};
