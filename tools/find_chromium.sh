#!/bin/sh
# Browser tests need a Chromium: on Debian as root it is installed, elsewhere the tests say that they were skipped.
for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's chromium for the browser tests ..."
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium >/dev/null; } && exit 0
fi
echo "No Chromium was found: the browser tests will be skipped. Install chromium to run them."
