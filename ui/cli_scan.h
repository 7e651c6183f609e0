/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster scan`: pictures or a handheld scanner's strings to JSON Lines. No display, settings,
 * database or network. */
#pragma once

/* argv[0] is "scan". Writes to stdout; the exit status: 0 all read, 1 a string was refused, 2 wrong
 * usage, 3 a file could not be read, 4 a file held no symbol. */
int cli_scan_run(int argc, char **argv);
