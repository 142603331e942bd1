/**
 * The API's rules for names (k8s.io/apimachinery/pkg/util/validation). They all exclude blanks, quotes and control
 * characters, so every accepted name is safe in a rule.
 */
import type { Rule } from './check.js';

/** Names of namespaces, ports, and Services since KEP-5311. */
export const DNS1123_LABEL: Rule = {
  allowed: 'at most 63 lower-case letters, digits and "-", with a letter or digit first and last',
  matches: (text) => text.length <= 63 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(text),
};

/** Names of nodes and of most objects. */
export const DNS1123_SUBDOMAIN: Rule = {
  allowed: 'at most 253 lower-case letters, digits, "-" and ".", each part with a letter or digit first and last',
  matches: isSubdomain,
};

/** Names of container ports (RFC 6335). */
export const IANA_SVC_NAME: Rule = {
  allowed:
    'at most 15 lower-case letters, digits and single "-", with at least one letter and "-" neither first nor last',
  matches: (text) => text.length <= 15 && /^(?=.*[a-z])[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text),
};

/** Keys of labels and annotations: `example.com/name`. */
export const QUALIFIED_NAME: Rule = {
  allowed:
    'at most 63 letters, digits, "-", "_" and ".", with a letter or digit first and last, after an optional "domain/"',
  matches: (text) => {
    const slash = text.indexOf('/');
    return isLabelText(text.slice(slash + 1)) && (slash < 0 || isSubdomain(text.slice(0, slash)));
  },
};

export const LABEL_VALUE: Rule = {
  allowed: 'empty, or at most 63 letters, digits, "-", "_" and ".", with a letter or digit first and last',
  matches: (text) => text === '' || isLabelText(text),
};

function isSubdomain(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/.test(text);
}

function isLabelText(text: string): boolean {
  return text.length <= 63 && /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(text);
}
