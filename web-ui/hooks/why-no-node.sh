#!/bin/sh
# Succeeds and prints why web-ui/ can't be built here, or fails where it can.

if ! command -v npm >/dev/null; then
    echo "there is no npm on PATH (Node 20 or newer is needed)."
elif ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)'; then
    echo "Node $(node --version) is older than 20."
else
    exit 1
fi
