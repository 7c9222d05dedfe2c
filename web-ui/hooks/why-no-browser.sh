#!/bin/sh
# Succeeds and prints why the browser tests can't run here, or fails where they can.

if sh web-ui/hooks/why-no-node.sh; then
    :
elif ! node web-ui/tests/e2e/chromium.mjs >/dev/null; then
    echo "no Chromium was found; install one, or set CHROMIUM to its path."
else
    exit 1
fi
