#!/usr/bin/env bash
# Style (biome), dead code (knip) and spelling (cspell, with the words of .cspell/words.txt). All three run, even after
# a failure.
set -uo pipefail
cd "$(dirname "$0")/.."
code=0

node_modules/.bin/biome check --error-on-warnings || code=1
# knip's TypeScript parser does not load in older Nodes; vipc itself does not need it.
if node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'; then
  node_modules/.bin/knip || code=1
else
  echo "lint: Node $(node --version) is too old for knip, which looks for dead code" >&2
fi
node_modules/.bin/cspell lint --dot --no-progress --no-summary --cache --cache-location .cache/cspell || code=1
LC_ALL=C sort -c .cspell/words.txt || code=1
exit "$code"
