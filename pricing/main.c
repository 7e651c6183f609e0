/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-pricing: price policies on their own. */
#include "pricing/backtest.h"
#include "pricing/backtest_csv.h"
#include "pricing/serve_policy.h"
#include "pricing/simulate.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const char USAGE[] =
    "Usage: coster-pricing COMMAND\n"
    "\n"
    "Commands:\n"
    "  serve-policy  answer the price policy protocol: one JSON object a line on standard input,\n"
    "                one answer a line on standard output\n"
    "  simulate      run the learner in made-up shops against list prices, the old markdown rule\n"
    "                and one who knows the demand; JSON on standard output. Options, each with a\n"
    "                number: --seeds (4), --first-seed (1), --products (30), --watch-days (14),\n"
    "                --days (28), --list-waste-percent (about 22); and --scenario\n"
    "                mixed|calm|shocks|switch\n"
    "  backtest FILE.csv [--picture FILE.svg]\n"
    "                how well each next day is forecast from a shop's own history; JSON on "
    "standard\n"
    "                output: \"wape\" (sales-weighted), \"naive\" (the same weekday a week before) "
    "and\n"
    "                \"ewma\" (weekday x EWMA 0.3). Columns are found by their names:\n";
static const char USAGE_END[] = "\n"
                                "\n"
                                "Options:\n"
                                "  --help        show this text\n"
                                "  --version     show the version\n";

static void print_usage(FILE *out)
{
    fprintf(out, "%s                %s%s", USAGE, PRICING_CSV_COLUMNS, USAGE_END);
}

int main(int argc, char **argv)
{
    const char *command = argc >= 2 ? argv[1] : "";
    if (strcmp(command, "simulate") == 0) {
        return pricing_simulate(argc - 2, argv + 2, stdout, stderr);
    }
    if (strcmp(command, "backtest") == 0) {
        return pricing_backtest(argc - 2, argv + 2, stdout, stderr);
    }
    command = argc == 2 ? command : "";
    if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0) {
        print_usage(stdout);
        return 0;
    }
    if (strcmp(command, "--version") == 0) {
        puts("coster-pricing " COSTER_VERSION);
        return 0;
    }
    if (strcmp(command, "serve-policy") == 0) {
        signal(SIGPIPE, SIG_IGN); /* a reader that went away is a write error, not a death */
        return pricing_serve_policy(stdin, stdout, stderr);
    }
    if (argc == 1) {
        fputs("coster-pricing: say which command to run\n\n", stderr);
    } else if (argc > 2 && strcmp(argv[1], "serve-policy") == 0) {
        fprintf(stderr, "coster-pricing: serve-policy takes no arguments, not \"%s\"\n\n", argv[2]);
    } else {
        fprintf(stderr, "coster-pricing: there is no command \"%s\"\n\n", argv[1]);
    }
    print_usage(stderr);
    return 2;
}
