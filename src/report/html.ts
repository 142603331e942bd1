/**
 * html: the parts of a page → its text. One document that asks nothing of anybody: a strict Content-Security-Policy
 * names its script and its style by their hashes, and the data is base64, which no text from outside can end.
 */
import * as crypto from 'node:crypto';

/** The built parts of src/page/. */
export interface Parts {
  readonly script: string;
  readonly style: string;
}

/** The policy for a page with these parts; `connect` is what it may ask for: nothing, or the daemon that served it. */
export function policyOf({ script, style }: Parts, connect: "'none'" | "'self'" = "'none'"): string {
  return [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `'sha256-${crypto.hash('sha256', text, 'base64')}'`;
}

/** The page. `data` is a packed report, compressed with gzip, in base64; without it the page asks the daemon for it. */
export function pageText(parts: Parts, data: string, policy: string): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    '<title>vipc</title>',
    `<style>${parts.style}</style>`,
    '</head>',
    '<body>',
    '<div id="page"><p class="wait">Opening …</p></div>',
    '<noscript><p class="wait">This page computes what it shows: it needs JavaScript.</p></noscript>',
    `<script type="application/octet-stream" id="data">${data}</script>`,
    `<script>${parts.script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
