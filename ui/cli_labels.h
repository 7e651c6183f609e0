/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster labels`: shelf tags of the store's lots as a PDF of A4 sheets or as pictures, from the
 * applied feed. Works beside a running till. */
#pragma once

/* argv[0] is "labels". 0 written, 1 failed, 2 wrong usage. */
int cli_labels_run(int argc, char **argv);
