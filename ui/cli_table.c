/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the list of commands of `coster` as words: names, what follows them, what they are for. What carries them out
 * is in ui/cli_main.c and ui/coster.c. */
#include "ui/cli_table.h"

#include <glib/gi18n-lib.h>

const UiCliCommand UI_CLI_COMMANDS[] = {
    {"enrol", "enrol --data DIR --url URL --code CODE [--name NAME] [--mode till|kiosk|manager]",
     N_("makes a folder a terminal of a store, with a code from the central service")},
    {"till", "till --data DIR [--offline] [--card ADDRESS]",
     N_("sells: commands on stdin, events on stdout, one JSON object a line")},
    {"manage", "manage --data DIR [--offline]",
     N_("decides as the manager's window does: commands on stdin, events on stdout, one JSON object "
        "a line")},
    {"sync", "sync --data DIR [--timeout SECONDS]",
     N_("sends the records and fetches the prices once")},
    {"status", "status --data DIR",
     N_("says who this terminal is, what is unsent and how old its prices are, as JSON")},
    {"verify", "verify --data DIR", N_("re-reads the whole journal: chain, totals and stock")},
    {"journal", "journal --data DIR [--from SEQ]", N_("prints the records, one a line")},
    {"export", "export --data DIR [--format jsonl|poslog] [--from SEQ] [--to SEQ]",
     N_("prints the records for another program: as they are, or as POSLog XML")},
    {"feed", "feed --data DIR", N_("prints what the central service has sent, one item a line")},
    {"receipt", "receipt --data DIR [--png FILE] [--pdf FILE] RECEIPT",
     N_("shows a sold ticket again, as text, as a picture or as a PDF as long as it is")},
    {"print", "print --data DIR [--timeout SECONDS] RECEIPT",
     N_("prints a sold ticket again, marked as a copy; beside a running till through its queue")},
    {"device", "device --data DIR [set KEY VALUE]",
     N_("lists what this terminal's scanner, camera and other devices are set to, or sets one")},
    {"rcn", "rcn --data DIR | --rcn FILE [NUMBER…]",
     N_("explains the store's own numbers: its layouts, or what each digit of a label means")},
    {"labels",
     "labels --data DIR [--out FILE.pdf | --png DIR] [--gtin GTIN [--lot LOT]] [--language "
     "ko|en|zh] "
     "[--dpi N]",
     N_("makes shelf tags of the lots, as sheets to print or as pictures")},
    {"scan",
     "scan [--today YYYY-MM-DD] [--rcn FILE] [--gs CHAR] [--dl-compressed] FILE… | --text STRING…",
     N_("reads codes from pictures or from a scanner's strings, as JSON Lines")},
    {NULL, NULL, NULL},
};
