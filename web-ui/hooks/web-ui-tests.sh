#!/bin/sh
# The pre-commit hook `web-ui-tests`, run from the root of the repository.

if [ "${CI:-}" = true ]; then
    exec npm --prefix web-ui run test:e2e
fi
echo "Skipping the Playwright tests of web-ui/: they run where CI=true (here: make e2e)."
