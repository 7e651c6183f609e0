#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# run-headless.sh COMMAND...: the command inside a private X server and D-Bus session; both are gone at the end. The
# screen is COSTER_SCREEN (1280x800x24). Exit status: the command's; 125 when there can be no screen.
set -u
if [ -n "${COSTER_HEADLESS:-}" ]; then
    unset COSTER_HEADLESS
    exec "$@" >&5 5>&-
fi
folder=$(mktemp -d "${TMPDIR:-/tmp}/coster-screen.XXXXXX")
chmod 700 "$folder"
Xvfb -screen 0 "${COSTER_SCREEN:-1280x800x24}" -nolisten tcp -noreset -displayfd 3 \
    3>"$folder/number" 2>"$folder/log" &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null; rm -rf "$folder"' EXIT
tries=0
while [ ! -s "$folder/number" ]; do
    tries=$((tries + 1))
    if [ $tries -gt 400 ] || ! kill -0 $server 2>/dev/null; then
        cat "$folder/log" >&2
        exit 125
    fi
    sleep 0.02
done
export DISPLAY=":$(cat "$folder/number")" XDG_RUNTIME_DIR="$folder" GDK_BACKEND=x11
# The cairo renderer without Mesa starts in half the time; no portal, no settings daemon, no file system daemon.
export GSK_RENDERER=cairo GDK_DEBUG=gl-disable GSETTINGS_BACKEND=memory
export GTK_USE_PORTAL=0 ADW_DISABLE_PORTAL=1 GIO_USE_VFS=local GTK_IM_MODULE=gtk-im-context-simple
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS AT_SPI_BUS_ADDRESS
# The bus daemons talk on the standard output that they inherit; a test keeps its own on descriptor 5.
exec 5>&1
COSTER_HEADLESS=1 dbus-run-session -- "$0" "$@" >&2
