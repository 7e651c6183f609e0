/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster-pricing backtest`: how well the next day would have been forecast from a shop's own
 * history, against two plain ways. */
#pragma once
#include <stdio.h>

/* argv: the words after "backtest": FILE.csv and, if wanted, --picture FILE.svg. Writes one JSON
 * object. Returns an exit code: 0, 1 when it could not be done, 2 when the words are wrong. */
int pricing_backtest(int argc, char **argv, FILE *out, FILE *log);
