#!/usr/bin/env bash
# All tests in one command, also on a fresh machine: setup, type check, lint, every ring on this Node. Takes minutes,
# and includes everything that decides whether the product works. `--all` adds slower checks: larger samples, the long
# tests, and the pure ring on other Nodes: a quarter of it on the oldest supported one and another on a newer line. See
# docs/testing.md. Runs every step even after failures; the last line adds them up, and a step that failed without a
# failing test counts as one. SEED=N repeats the random choices of an earlier run, which printed it.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/path.sh

NODES=(20.12.2 24)

case "${1-}" in
  '') export VIPC_TESTS=quick ;;
  --all) export VIPC_TESTS=all ;;
  *) echo "usage: $0 [--all]" >&2; exit 2 ;;
esac
export SEED=${SEED:-$((RANDOM * 32768 + RANDOM))}
passed=0 failed=0 skipped=0 summary=()
counts=$(mktemp) lint_log=$(mktemp)
trap 'rm -f "$counts" "$lint_log"' EXIT

# record RESULT NAME [NOTE]
record() { summary+=("$(printf '%-8s %-28s %s' "$1" "$2" "${3-}")"); }

# step NAME COMMAND…: runs and times it; jest leaves its numbers in $counts.
step() {
  local name=$1 start=$SECONDS code=0
  shift
  printf '\n=== %s\n' "$name"
  : >"$counts"
  VIPC_COUNTS=$counts "$@" </dev/null || code=$?
  ended "$name" "$start" "$code"
}

# ended NAME START CODE: records a step.
ended() {
  local name=$1 start=$2 code=$3 p=0 f=0 s=0
  read -r p f s <"$counts" || true
  : "${p:=0}" "${f:=0}" "${s:=0}"
  if [ "$code" != 0 ] && [ "$f" = 0 ]; then f=1; fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  local note="$((SECONDS - start)) s"
  if [ -s "$counts" ]; then note+=", $p passed, $f failed, $s skipped"; elif [ "$code" != 0 ]; then note+=", exit $code"; fi
  if [ "$f" = 0 ]; then record ok "$name" "$note"; else record FAILED "$name" "$note"; fi
}

# pure_on VERSION SHARD: a quarter of the pure ring on a Node of that version, fetched by npx; with smaller samples, because it
# only checks that it runs.
pure_on() {
  local version
  version=$(npx -y -p "node@$1" node --version </dev/null)
  if [[ $version == "v$1" || $version == "v$1."* ]]; then
    VIPC_TESTS=brief NODE_OPTIONS=$JEST_NODE_OPTIONS step "pure on Node $version" npx -y -p "node@$1" node node_modules/jest/bin/jest.js --selectProjects pure --shard="$2/4"
  elif [ -n "${CI-}" ]; then
    failed=$((failed + 1))
    record FAILED "pure on Node $1" "cannot be fetched"
  else
    skipped=$((skipped + 1))
    record skipped "pure on Node $1" "cannot be fetched"
  fi
}

JEST_NODE_OPTIONS='--experimental-vm-modules --no-warnings=ExperimentalWarning'

step setup bash scripts/setup.sh
hash -r
# Style is checked beside types: each alone leaves a processor idle.
lint_start=$SECONDS
npm run --silent lint </dev/null >"$lint_log" 2>&1 &
lint=$!
step 'type check' npm run --silent typecheck
step build npm run --silent build
code=0
wait "$lint" || code=$?
printf '\n=== lint and format\n'
cat "$lint_log"
: >"$counts"
ended 'lint and format' "$lint_start" "$code"
step "all rings on Node $(node --version)" npm run --silent jest
# Which quarter each Node runs is the seed's choice.
if [ "$VIPC_TESTS" = all ]; then for i in "${!NODES[@]}"; do pure_on "${NODES[i]}" $(((SEED + i) % 4 + 1)); done; fi

printf '\n=== summary, %s s\n' "$SECONDS"
printf '%s\n' "${summary[@]}"
if [ "$VIPC_TESTS" = quick ]; then
  printf '\n--all adds the soaks, most of ipvs mode, more kills and steps, larger samples, and Node %s.\n' "${NODES[*]}"
fi
printf 'SEED=%s repeats the random choices.\n' "$SEED"
printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
