/* SPDX-License-Identifier: GPL-3.0-or-later
 * The table of coster-central's commands, the reading of the command line, its help, and what the
 * commands share. Options may stand before, between and after the words of a command. */
#include "sync/central_admin.h"

#include "pos/bounds.h"
#include "pos/datadir.h"
#include "pos/error.h"
#include "pos/gs1.h"
#include "sync/central_audit.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 8

/* --- the options -------------------------------------------------------------------------- */

#define TEXT(name, member, shown)                                                                  \
    {                                                                                              \
        name, offsetof(CentralOptions, member), true, shown                                        \
    }
#define FLAG(name, member)                                                                         \
    {                                                                                              \
        name, offsetof(CentralOptions, member), false, ""                                          \
    }

static const struct {
    const char *name;
    gsize offset;
    bool has_value;
    const char *shown;
} OPTIONS[] = {
    TEXT("data", data, "DIR"),
    TEXT("database", database, "URL"),
    TEXT("store", store, "ID"),
    TEXT("mode", mode, "till|kiosk|manager"),
    TEXT("valid", valid, "24h"),
    TEXT("tls-dir", tls_dir, "DIR"),
    TEXT("listen", listen, "ADDR:PORT"),
    TEXT("port-file", port_file, "FILE"),
    TEXT("name", name, "NAME"),
    TEXT("language", language, "ko|en|zh"),
    TEXT("currency", currency, "CODE"),
    TEXT("time-zone", time_zone, "ZONE"),
    TEXT("operator", operator_, "ID"),
    TEXT("role", role, "cashier|manager"),
    TEXT("terminal", terminal, "ID"),
    TEXT("gtin", gtin, "GTIN"),
    TEXT("lot", lot, "LOT"),
    TEXT("price", price, "AMOUNT"),
    TEXT("list-price", list_price, "AMOUNT"),
    TEXT("floor", floor, "AMOUNT"),
    TEXT("ceiling", ceiling, "AMOUNT"),
    TEXT("why", why, "TEXT"),
    TEXT("status", status, "recalled|suspended"),
    TEXT("reason", reason, "TEXT"),
    TEXT("action", action, "TEXT"),
    TEXT("at", at, "TIME"),
    TEXT("seq", seq, "N"),
    TEXT("key", key, "NAME"),
    TEXT("need", need, "N"),
    TEXT("pay", pay, "N"),
    TEXT("from", from, "TIME"),
    TEXT("until", until, "TIME"),
    TEXT("png", png, "FILE"),
    TEXT("supplier", supplier, "ID"),
    TEXT("type", type, "gs1:TYPE"),
    TEXT("href", href, "URL"),
    TEXT("title", title, "TEXT"),
    TEXT("media-type", media_type, "TYPE/SUBTYPE"),
    TEXT("languages", languages, "ko,en"),
    TEXT("context", context, "TEXT"),
    FLAG("default", is_default),
    FLAG("demo", demo),
    FLAG("join", join),
    FLAG("restored", restored),
    FLAG("plain", plain),
    FLAG("dry-run", dry_run),
    FLAG("apply", apply),
    FLAG("resume", resume),
    FLAG("all", all),
};

/* --- the commands ------------------------------------------------------------------------- */

/* needs, takes: names of options, separated by spaces; --data is needed by all. words: what
 * follows, by name; a name in brackets may be left out, one with dots may be many. */
typedef struct {
    const char *name, *needs, *takes, *words, *help;
    int (*run)(const CentralOptions *options);
} Command;

static const Command COMMANDS[] = {
    {"init", "", "demo database join restored", "",
     N_("Makes a new central in DIR; --demo loads the demo store. --database keeps its data in a "
        "shared database, mysql://USER@HOST:PORT,HOST:PORT/NAME; --join makes DIR one more that "
        "serves the central there; --restored the same, after the database came from a backup."),
     central_admin_init},
    {"serve", "listen", "port-file tls-dir plain", "",
     N_("Serves terminals until it is told to end. Port 0 takes a free one; --plain is for this "
        "machine alone."),
     central_admin_serve},
    {"enrol-code", "store", "mode valid tls-dir plain", "",
     N_("Prints a code that enrols one terminal, once, within --valid (30m, 24h, 7d)."),
     central_admin_enrol_code},
    {"store add", "store name", "currency language time-zone", "",
     N_("Makes a store; amounts are minor units of its currency."), central_admin_store_add},
    {"store list", "", "", "", N_("Lists the stores, one JSON object a line."),
     central_admin_store_list},
    {"operator set", "store operator", "name role", "",
     N_("Makes or changes an operator; the PIN comes on standard input, an empty line keeps it."),
     central_admin_operator_set},
    {"operator badge", "store operator", "png", "",
     N_("Makes a new badge for an operator and prints its code; the one before is nobody's from "
        "then on. --png draws it "
        "as a QR code."),
     central_admin_operator_badge},
    {"operator list", "store", "", "", N_("Lists the operators of a store, without PINs."),
     central_admin_operator_list},
    {"operator remove", "store operator", "", "", N_("Takes an operator off the store's tills."),
     central_admin_operator_remove},
    {"terminal list", "", "store", "", N_("Lists the terminals and what each has sent and seen."),
     central_admin_terminal_list},
    {"terminal revoke", "terminal", "", "",
     N_("Ends a terminal's access; it goes on selling and asks for a new code."),
     central_admin_terminal_revoke},
    {"setting get", "store", "", "[NAME]",
     N_("Prints a store's settings, or one of them (store, pricing, categories, …)."),
     central_admin_setting_get},
    {"setting set", "store", "", "NAME MEMBER=VALUE...",
     N_("Changes members of a setting: setting set --store 1 store rise_lead_s=120. MEMBER=@FILE "
        "takes a file's text, as rcn=@layouts.txt for the store's own numbers, which is checked "
        "first."),
     central_admin_setting_set},
    {"price set", "store gtin price why", "lot list-price floor ceiling", "",
     N_("Sets the price of a product or lot, per piece or per kg, in minor units."),
     central_admin_price_set},
    {"price pause", "store", "gtin lot resume", "",
     N_("Stops repricing of the store, a product or a lot; --resume lets it go on."),
     central_admin_price_pause},
    {"recall add", "store gtin", "lot status reason action language", "",
     N_("Stops the sale of a product or lot on every till."), central_admin_recall_add},
    {"recall lift", "store gtin", "lot", "", N_("Allows the sale again."),
     central_admin_recall_lift},
    {"offer add", "store key name need", "pay price from until language", "GTIN...",
     N_("Offers any --need pieces of the products for the price of --pay of them, or for one "
        "--price in minor units."),
     central_admin_offer_add},
    {"offer list", "store", "", "", N_("Lists the offers of a store, one JSON object a line."),
     central_admin_offer_list},
    {"offer end", "store key", "", "", N_("Ends an offer on every till."), central_admin_offer_end},
    {"taught list", "store", "", "",
     N_("Lists the items that cashiers named at a till and that are no product yet."),
     central_admin_taught_list},
    {"import", "store", "apply", "FILE.csv",
     N_("Reads products (GTIN,name,category,unit,price with a head line); only says what it would "
        "do unless --apply."),
     central_admin_import},
    {"reprice", "store", "at dry-run", "",
     N_("Prices every sellable lot of a store now; one JSON object a lot."), central_admin_reprice},
    {"why", "", "at", "STORE GTIN[/LOT]",
     N_("Prints the price that an item had --at a time and the decision behind it, with what was "
        "known then."),
     central_admin_why},
    {"journal", "", "terminal", "", N_("Prints stored records, byte for byte, one a line."),
     central_admin_journal},
    {"verify", "", "", "",
     N_("Re-reads chains, totals, stock and sales of every terminal; names the first bad record."),
     central_admin_verify},
    {"rebuild", "", "", "", N_("Makes stock and sales anew from the journals."),
     central_admin_rebuild},
    {"inbox list", "", "store", "", N_("Lists records that could not be booked, with the reason."),
     central_admin_inbox_list},
    {"inbox book", "", "terminal seq all store", "",
     N_("Tries to book one record of the inbox again, or --all of them."),
     central_admin_inbox_book},
    {"figures", "from until", "store", "",
     N_("Prints what each store sold in the days --from (2026-11-23) up to --until, that not "
        "included, by its own time zone, and the sum by currency."),
     central_admin_figures},
    {"audit", "", "", "", N_("Prints who changed what by command, one JSON object a line."),
     central_admin_audit},
    {"key next", "", "tls-dir", "",
     N_("Makes the key that will follow the present one and tells every terminal of it."),
     central_admin_key_next},
    {"key switch", "", "tls-dir all", "",
     N_("Puts the next key in place of the present one, once every terminal knows it; --all does "
        "not wait for those that "
        "do not."),
     central_admin_key_switch},
    {"support", "", "all", "FILE",
     N_("Writes what somebody who helps needs to know of this central into a file, without names, "
        "prices, tokens or "
        "records; --all re-reads every record as verify does."),
     central_admin_support},
    {"metrics-token", "", "", "",
     N_("Makes and prints a token for GET /metrics from other machines; the one before ends."),
     central_admin_metrics_token},
    {"supplier add", "supplier", "name", "",
     N_("Makes a supplier, or a new token for one, and prints the token that EPCIS events are sent "
        "with."),
     central_admin_supplier_add},
    {"supplier list", "", "", "", N_("Lists the suppliers."), central_admin_supplier_list},
    {"supplier revoke", "supplier", "", "", N_("Ends a supplier's access."),
     central_admin_supplier_revoke},
    {"public-url", "", "", "[URL]",
     N_("Prints or sets the address under which phones reach this central; Digital Links and pages "
        "are made with it."),
     central_admin_public_url},
    {"link add", "type href title", "media-type languages context default", "LINK",
     N_("Registers where a Digital Link (as /01/GTIN or /01/GTIN/10/LOT) leads for a link type; "
        "--default also without one."),
     central_admin_link_add},
    {"link list", "", "", "[LINK]", N_("Lists the registered links, one JSON object a line."),
     central_admin_link_list},
    {"link remove", "", "type href", "LINK",
     N_("Takes registered links away: all, those of a type, or one target."),
     central_admin_link_remove},
    {"epcis import", "", "supplier", "FILE",
     N_("Takes in an EPCIS 2.0 document, whole or not at all; sending it again is harmless."),
     central_admin_epcis_import},
    {"epcis route", "store gtin lot", "", "",
     N_("Prints a lot's way, back through pallets and transformations."),
     central_admin_epcis_route},
    {"backup", "", "", "FILE", N_("Writes a whole copy of the database, beside a running serve."),
     central_admin_backup},
    {"restore", "", "", "FILE",
     N_("Makes a new central in an empty DIR from a backup; terminals read the feed anew."),
     central_admin_restore},
};

static bool has_word(const char *list, const char *word)
{
    g_auto(GStrv) words = g_strsplit(list, " ", -1);
    return g_strv_contains((const char *const *)words, word);
}

static void append_option(GString *out, const char *name, bool needed)
{
    for (gsize i = 0; i < G_N_ELEMENTS(OPTIONS); i++) {
        if (strcmp(OPTIONS[i].name, name) == 0) {
            g_string_append_printf(out, needed ? " --%s%s%s" : " [--%s%s%s]", name,
                                   OPTIONS[i].has_value ? " " : "", OPTIONS[i].shown);
        }
    }
}

static char *command_line(const Command *command)
{
    GString *out = g_string_new("coster-central ");
    g_string_append_printf(out, "%s --data DIR", command->name);
    for (gsize i = 0; i < G_N_ELEMENTS(OPTIONS); i++) {
        if (has_word(command->needs, OPTIONS[i].name)) {
            append_option(out, OPTIONS[i].name, true);
        }
    }
    for (gsize i = 0; i < G_N_ELEMENTS(OPTIONS); i++) {
        if (has_word(command->takes, OPTIONS[i].name)) {
            append_option(out, OPTIONS[i].name, false);
        }
    }
    g_string_append_printf(out, "%s%s", *command->words ? " " : "", command->words);
    return g_string_free(out, FALSE);
}

static void print_help(const char *topic)
{
    bool some = false;
    for (gsize i = 0; i < G_N_ELEMENTS(COMMANDS); i++) {
        const Command *command = &COMMANDS[i];
        gsize length = strlen(topic);
        if (!*topic || strcmp(command->name, topic) == 0 ||
            (g_str_has_prefix(command->name, topic) && command->name[length] == ' ')) {
            g_autofree char *line = command_line(command);
            printf("%s%s\n    %s\n", some && *topic ? "\n" : "", line, _(command->help));
            some = true;
        }
    }
    if (!some) {
        print_help("");
    }
}

/* --- reading the command line ------------------------------------------------------------- */

typedef struct {
    CentralOptions options;
    const char *given[G_N_ELEMENTS(OPTIONS)]; /* names of the options that were there */
    gsize given_count;
    const char *words[WORDS_MAX + 64];
    gsize words_count;
    bool help, version;
} Line;

static bool read_option(Line *line, int argc, char **argv, int *i)
{
    const char *text = argv[*i] + 2;
    const char *equals = strchr(text, '=');
    gsize length = equals ? (gsize)(equals - text) : strlen(text);
    for (gsize o = 0; o < G_N_ELEMENTS(OPTIONS); o++) {
        if (strlen(OPTIONS[o].name) != length || strncmp(OPTIONS[o].name, text, length) != 0) {
            continue;
        }
        void *member = (char *)&line->options + OPTIONS[o].offset;
        for (gsize g = 0; g < line->given_count; g++) {
            if (line->given[g] == OPTIONS[o].name) {
                central_admin_usage(_("--%s is given twice."), OPTIONS[o].name);
                return false;
            }
        }
        line->given[line->given_count++] = OPTIONS[o].name;
        if (!OPTIONS[o].has_value) {
            if (equals) {
                central_admin_usage(_("--%s takes no value."), OPTIONS[o].name);
                return false;
            }
            *(bool *)member = true;
            return true;
        }
        if (!equals && *i + 1 >= argc) {
            central_admin_usage(_("--%s needs a value: %s."), OPTIONS[o].name, OPTIONS[o].shown);
            return false;
        }
        *(const char **)member = equals ? equals + 1 : argv[++*i];
        return true;
    }
    central_admin_usage(_("There is no option %s."), argv[*i]);
    return false;
}

static bool read_line(Line *line, int argc, char **argv)
{
    bool only_words = false;
    for (int i = 1; i < argc; i++) {
        const char *text = argv[i];
        if (!only_words && strcmp(text, "--") == 0) {
            only_words = true;
        } else if (!only_words && (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0)) {
            line->help = true;
        } else if (!only_words && strcmp(text, "--version") == 0) {
            line->version = true;
        } else if (!only_words && g_str_has_prefix(text, "--")) {
            if (!read_option(line, argc, argv, &i)) {
                return false;
            }
        } else if (line->words_count == G_N_ELEMENTS(line->words)) {
            central_admin_usage(_("There are too many words on the command line."));
            return false;
        } else {
            line->words[line->words_count++] = text;
        }
    }
    return true;
}

/* The command of the first one or two words; *out_used: how many they are. */
static const Command *find_command(const Line *line, gsize *out_used)
{
    for (gsize i = 0; i < G_N_ELEMENTS(COMMANDS); i++) {
        const char *space = strchr(COMMANDS[i].name, ' ');
        if (!space && line->words_count >= 1 && strcmp(COMMANDS[i].name, line->words[0]) == 0) {
            *out_used = 1;
            return &COMMANDS[i];
        }
        if (space && line->words_count >= 2 &&
            strncmp(COMMANDS[i].name, line->words[0], strlen(line->words[0])) == 0 &&
            (gsize)(space - COMMANDS[i].name) == strlen(line->words[0]) &&
            strcmp(space + 1, line->words[1]) == 0) {
            *out_used = 2;
            return &COMMANDS[i];
        }
    }
    return NULL;
}

static bool check_given(const Command *command, const Line *line)
{
    if (!line->options.data) {
        central_admin_usage(_("%s needs --data DIR, the folder of the central."), command->name);
        return false;
    }
    for (gsize g = 0; g < line->given_count; g++) {
        if (strcmp(line->given[g], "data") != 0 && !has_word(command->needs, line->given[g]) &&
            !has_word(command->takes, line->given[g])) {
            central_admin_usage(_("%s takes no --%s."), command->name, line->given[g]);
            return false;
        }
    }
    for (gsize o = 0; o < G_N_ELEMENTS(OPTIONS); o++) {
        const void *member = (const char *)&line->options + OPTIONS[o].offset;
        if (OPTIONS[o].has_value && has_word(command->needs, OPTIONS[o].name) &&
            !*(const char *const *)member) {
            central_admin_usage(_("%s needs --%s %s."), command->name, OPTIONS[o].name,
                                OPTIONS[o].shown);
            return false;
        }
    }
    return true;
}

static bool check_words(const Command *command, gsize count)
{
    g_auto(GStrv) names = g_strsplit(command->words, " ", -1);
    gsize needed = 0, most = g_strv_length(names);
    for (gsize i = 0; names[i]; i++) {
        needed += names[i][0] != '[';
        most = g_str_has_suffix(names[i], "...") ? WORDS_MAX + 64 : most;
    }
    if (count >= needed && count <= most) {
        return true;
    }
    g_autofree char *line = command_line(command);
    central_admin_usage(count < needed ? _("Something is missing: %s") : _("That is too much: %s"),
                        line);
    return false;
}

/* --- who did what ------------------------------------------------------------------------- */

static bool only_reads(const Command *command, const CentralOptions *options)
{
    static const char *const READ[] = {"serve",   "journal",     "verify",      "audit", "support",
                                       "figures", "setting get", "epcis route", NULL};
    return options->dry_run || g_str_has_suffix(command->name, " list") ||
           g_strv_contains(READ, command->name) ||
           (strcmp(command->name, "import") == 0 && !options->apply);
}

/* The options that were given, by name, and the words. */
static void note_command(const Command *command, const Line *line, gsize used, int status)
{
    g_autoptr(GError) error = NULL;
    json_t *given = json_object();
    json_t *words = json_array();
    for (gsize o = 0; o < G_N_ELEMENTS(OPTIONS); o++) {
        const char *member = (const char *)&line->options + OPTIONS[o].offset;
        bool there =
            OPTIONS[o].has_value ? *(const char *const *)member != NULL : *(const bool *)member;
        if (there && strcmp(OPTIONS[o].name, "data") != 0) {
            g_autofree char *text =
                g_utf8_make_valid(OPTIONS[o].has_value ? *(const char *const *)member : "", -1);
            /* An address of a database might be written with its password. */
            bool shown = OPTIONS[o].has_value && strcmp(OPTIONS[o].name, "database") != 0;
            json_object_set_new(given, OPTIONS[o].name, shown ? json_string(text) : json_true());
        }
    }
    for (gsize i = used; i < line->words_count; i++) {
        g_autofree char *text = g_utf8_make_valid(line->words[i], -1);
        json_array_append_new(words, json_string(text));
    }
    json_object_set_new(given, "words", words);
    if (!central_audit_append(line->options.data, command->name, given, status,
                              central_admin_now_ms(), &error) &&
        status == CENTRAL_EXIT_OK) {
        central_admin_fail(error);
    }
}

int central_admin_main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_autofree char *locale = pos_datadir_locale();
    bindtextdomain(GETTEXT_PACKAGE, locale);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    Line line = {0};
    gsize used = 0;
    if (!read_line(&line, argc, argv)) {
        return CENTRAL_EXIT_USAGE;
    }
    if (line.version) {
        printf("coster-central %s\n", COSTER_VERSION);
        return CENTRAL_EXIT_OK;
    }
    const Command *command = find_command(&line, &used);
    if (line.help || (line.words_count == 1 && strcmp(line.words[0], "help") == 0)) {
        print_help(command                                             ? command->name
                   : line.words_count && strcmp(line.words[0], "help") ? line.words[0]
                                                                       : "");
        return CENTRAL_EXIT_OK;
    }
    if (!command) {
        return line.words_count == 0
                   ? central_admin_usage(_("Say what to do; coster-central --help lists it."))
                   : central_admin_usage(_("There is no command “%s%s%s”; coster-central --help "
                                           "lists them."),
                                         line.words[0], line.words_count > 1 ? " " : "",
                                         line.words_count > 1 ? line.words[1] : "");
    }
    if (!check_given(command, &line) || !check_words(command, line.words_count - used)) {
        return CENTRAL_EXIT_USAGE;
    }
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    for (gsize i = used; i < line.words_count; i++) {
        g_ptr_array_add(words, (gpointer)line.words[i]);
    }
    line.options.words = words;
    int status = command->run(&line.options);
    if (!only_reads(command, &line.options)) {
        note_command(command, &line, used, status);
    }
    return status;
}

/* --- what commands share ------------------------------------------------------------------ */

int central_admin_fail(const GError *error)
{
    fprintf(stderr, "coster-central: %s\n", error->message);
    return CENTRAL_EXIT_FAILED;
}

int central_admin_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *message = g_strdup_vprintf(format, args);
    va_end(args);
    fprintf(stderr, "coster-central: %s\n", message);
    return CENTRAL_EXIT_USAGE;
}

CentralStore *central_admin_open(const CentralOptions *options, CentralStoreAccess access)
{
    g_autoptr(GError) error = NULL;
    CentralStore *store = central_store_open(options->data, access | CENTRAL_STORE_PATIENT, &error);
    if (!store) {
        central_admin_fail(error);
    }
    return store;
}

bool central_admin_has_store(CentralStore *store, const CentralOptions *options)
{
    if (central_store_has_store(store, options->store)) {
        return true;
    }
    fprintf(stderr, _("coster-central: There is no store “%s”; see: coster-central store list\n"),
            options->store);
    return false;
}

bool central_admin_gtin(const char *text, char out[15], GError **error)
{
    gsize length = strlen(text);
    bool right = (length == 8 || length == 12 || length == 13 || length == 14) &&
                 pos_gs1_digits_check(text, length);
    if (!right) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("“%s” is no GTIN: it needs 8, 12, 13 or 14 digits, the last a right check "
                      "digit."),
                    text);
        return false;
    }
    memset(out, '0', 14);
    memcpy(out + 14 - length, text, length + 1);
    return true;
}

char *central_admin_item_key(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    char gtin[15];
    if (!central_admin_gtin(options->gtin, gtin, &error)) {
        central_admin_fail(error);
        return NULL;
    }
    if (!options->lot) {
        return g_strdup(gtin);
    }
    if (!*options->lot || strlen(options->lot) > POS_BOUND_LOT_BYTES) {
        fprintf(stderr, _("coster-central: A lot has 1 to %d characters.\n"), POS_BOUND_LOT_BYTES);
        return NULL;
    }
    return g_strdup_printf("%s/%s", gtin, options->lot);
}

bool central_admin_number(const char *text, const char *what, int64_t min, int64_t max,
                          int64_t *out, GError **error)
{
    char *end = NULL;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end || g_ascii_isspace(*text) || value < min || value > max) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s must be a whole number from %" PRId64 " to %" PRId64 ", not “%s”."), what,
                    min, max, text);
        return false;
    }
    *out = value;
    return true;
}

void central_admin_print(json_t *value)
{
    g_autoptr(json_t) mine = value;
    g_autofree char *text = json_dumps(mine, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
    g_assert(text);
    puts(text);
}

int central_admin_publish(CentralStore *store, const char *store_id, const char *kind,
                          const char *key, const json_t *value)
{
    g_autoptr(GError) error = NULL;
    CentralChange change = {kind, key, value};
    int64_t version = 0;
    if (!central_store_publish(store, store_id, &change, 1, &version, &error)) {
        return central_admin_fail(error);
    }
    central_admin_print(
        json_pack("{s:s, s:s, s:I}", "kind", kind, "key", key, "version", (json_int_t)version));
    return CENTRAL_EXIT_OK;
}

int64_t central_admin_now_ms(void)
{
    return g_get_real_time() / 1000;
}
