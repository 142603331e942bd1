# Sourced by the other scripts: finds the Node that setup.sh may have fetched, and root's tools where PATH lacks them.
export PATH="$PWD/.cache/node/node_modules/.bin:$PATH:/usr/sbin:/sbin"
