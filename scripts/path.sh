# Sourced by the other scripts: adds programs that setup.sh may have fetched (Node, promtool), and root's tools, to
# PATH.
export PATH="$PWD/.cache/node/node_modules/.bin:$PWD/.cache/bin:$PATH:/usr/sbin:/sbin"
