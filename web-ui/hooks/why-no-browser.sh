#!/bin/sh
# Succeeds and prints why the browser tests can't run here, or fails where they can.

if ! command -v npm >/dev/null; then
    echo "there is no npm on PATH (Node 20 or newer is needed)."
elif ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)'; then
    echo "Node $(node --version) is older than 20."
elif ! node web-ui/tests/e2e/chromium.mjs >/dev/null; then
    echo "no Chromium was found; install one, or set CHROMIUM to its path."
else
    exit 1
fi
