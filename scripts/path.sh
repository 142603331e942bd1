# Sourced by the other scripts: finds what setup.sh may have fetched (Node, promtool), and root's tools where PATH lacks them.
export PATH="$PWD/.cache/node/node_modules/.bin:$PWD/.cache/bin:$PATH:/usr/sbin:/sbin"
