/* SPDX-License-Identifier: GPL-3.0-or-later
 * `coster-pricing simulate`: how the learner would do in made-up shops, against list prices, the old
 * markdown rule and one who knows the demand. */
#pragma once
#include <stdio.h>

/* argv: the words after "simulate". Writes one JSON object. Returns an exit code: 0, 1 when it
 * could not be done, 2 when the words are wrong. */
int pricing_simulate(int argc, char **argv, FILE *out, FILE *log);
