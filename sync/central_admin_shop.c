/* SPDX-License-Identifier: GPL-3.0-or-later
 * coster-central's commands about the central itself, stores, people, terminals and settings. */
#include "sync/central_admin.h"

#include "pos/badge.h"
#include "pos/badge_card.h"
#include "pos/bounds.h"
#include "pos/datadir.h"
#include "pos/error.h"
#include "pos/money.h"
#include "pos/product.h"
#include "sync/central_demo.h"
#include "sync/central_enrolment.h"
#include "sync/central_serve.h"
#include "sync/central_setting.h"
#include "sync/central_tls.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PIN_BYTES_MIN 4
#define VALID_MS_MAX (366LL * 24 * 60 * 60 * 1000)

/* --- the central -------------------------------------------------------------------------- */

static bool load_demo(const CentralOptions *options, GError **error)
{
    g_autofree char *folder = pos_datadir_path("demo", NULL);
    g_autoptr(CentralStore) store = central_store_open(options->data, CENTRAL_STORE_WRITE, error);
    return store && central_demo_load(store, folder, central_admin_now_ms(), error);
}

static bool make_central(const CentralOptions *options, GError **error)
{
    CentralCreate how = options->restored ? CENTRAL_CREATE_RESTORED
                        : options->join   ? CENTRAL_CREATE_JOIN
                                          : CENTRAL_CREATE_NEW;
    return options->database
               ? central_store_create_shared(options->data, options->database, how, error)
               : central_store_create(options->data, error);
}

int central_admin_init(const CentralOptions *options)
{
    static const char *const FILES[] = {"central.db", "central.db-wal", "central.db-shm",
                                        "database"};
    g_autoptr(GError) error = NULL;
    if (!options->database && (options->join || options->restored)) {
        return central_admin_usage(_("--join and --restored go with --database."));
    }
    if ((options->join || options->restored) && options->demo) {
        return central_admin_usage(_("--demo is for a new central."));
    }
    if (!make_central(options, &error)) {
        return central_admin_fail(error);
    }
    if (options->demo && !load_demo(options, &error)) {
        for (gsize i = 0; i < G_N_ELEMENTS(FILES); i++) {
            g_autofree char *path = g_build_filename(options->data, FILES[i], NULL);
            g_unlink(path);
        }
        return central_admin_fail(error);
    }
    printf(options->demo ? _("Made a central with the demo store “1” in %s.\n")
                         : _("Made a central in %s.\n"),
           options->data);
    return CENTRAL_EXIT_OK;
}

int central_admin_serve(const CentralOptions *options)
{
    CentralServeOptions serve = {.dir = options->data,
                                 .listen = options->listen,
                                 .port_file = options->port_file,
                                 .tls_dir = options->tls_dir,
                                 .plain = options->plain};
    return central_serve_run(&serve);
}

int central_admin_backup(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    const char *file = g_ptr_array_index(options->words, 0);
    if (!store) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!central_store_backup(store, file, &error)) {
        return central_admin_fail(error);
    }
    printf(_("Wrote the backup %s.\n"), file);
    g_autofree char *tls = g_build_filename(options->data, "tls", NULL);
    if (g_file_test(tls, G_FILE_TEST_IS_DIR)) {
        printf(
            _("The key is not in it: keep a copy of %s as well, or tills will not know a restored "
              "central.\n"),
            tls);
    }
    return CENTRAL_EXIT_OK;
}

int central_admin_restore(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    const char *file = g_ptr_array_index(options->words, 0);
    if (!central_store_restore(options->data, file, &error)) {
        return central_admin_fail(error);
    }
    printf(_("Restored %s into %s; terminals will read the feed anew.\n"), file, options->data);
    return CENTRAL_EXIT_OK;
}

/* --- enrolment codes ---------------------------------------------------------------------- */

/* "90s", "30m", "24h", "7d". */
static bool read_duration(const char *text, int64_t *out_ms, GError **error)
{
    static const struct {
        char unit;
        int64_t ms;
    } UNITS[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}};
    gsize length = strlen(text);
    for (gsize i = 0; length > 1 && i < G_N_ELEMENTS(UNITS); i++) {
        g_autofree char *number = g_strndup(text, length - 1);
        int64_t count;
        if (text[length - 1] == UNITS[i].unit &&
            central_admin_number(number, "--valid", 1, VALID_MS_MAX / UNITS[i].ms, &count, NULL)) {
            *out_ms = count * UNITS[i].ms;
            return true;
        }
    }
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                _("--valid is a time like 30m, 24h or 7d, at most a year, not “%s”."), text);
    return false;
}

/* The pin as it stands in a code: base64url without padding. A certificate of a public CA needs
 * none. */
static char *code_pin(const CentralOptions *options, GError **error)
{
    g_autofree char *dir = options->tls_dir ? g_strdup(options->tls_dir)
                                            : g_build_filename(options->data, "tls", NULL);
    g_auto(CentralTls) tls = {0};
    if (options->plain) {
        return g_strdup("");
    }
    if (!central_tls_load(dir, &tls, error)) {
        return NULL;
    }
    if (!tls.self_signed) {
        return g_strdup("");
    }
    g_assert(g_str_has_prefix(tls.pin, "sha256//"));
    char *pin = g_strdup_printf(".%s", tls.pin + strlen("sha256//"));
    g_strdelimit(pin, "+", '-');
    g_strdelimit(pin, "/", '_');
    g_strdelimit(pin, "=", '\0');
    return pin;
}

int central_admin_enrol_code(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    int64_t valid_ms;
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!read_duration(options->valid ? options->valid : "24h", &valid_ms, &error)) {
        central_admin_fail(error);
        return CENTRAL_EXIT_USAGE;
    }
    g_autofree char *pin = code_pin(options, &error);
    g_autofree char *secret =
        pin ? central_enrol_new_code(store, options->store, options->mode ? options->mode : "till",
                                     central_admin_now_ms(), valid_ms, &error)
            : NULL;
    if (!secret) {
        return central_admin_fail(error);
    }
    printf("%s%s\n", secret, pin);
    return CENTRAL_EXIT_OK;
}

/* --- stores ------------------------------------------------------------------------------- */

static json_t *new_settings(const CentralOptions *options, GError **error)
{
    const char *currency = options->currency ? options->currency : "KRW";
    const char *language = options->language ? options->language : "ko";
    const char *zone_name = options->time_zone ? options->time_zone : "Asia/Seoul";
    PosCurrency known;
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name);
    if (!pos_currency_from_code(currency, &known)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("“%s” is no ISO 4217 currency code like KRW or EUR."), currency);
        return NULL;
    }
    if (!zone) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("“%s” is no time zone like Asia/Seoul or Europe/Berlin."), zone_name);
        return NULL;
    }
    if (strcmp(language, "ko") && strcmp(language, "en") && strcmp(language, "zh")) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("--language is ko, en or zh, not “%s”."),
                    language);
        return NULL;
    }
    if (!*options->name || strlen(options->name) > POS_BOUND_NAME_BYTES) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("A name has 1 to %d bytes."),
                    POS_BOUND_NAME_BYTES);
        return NULL;
    }
    json_t *settings =
        json_pack("{s:i, s:i, s:i, s:s, s:i, s:s, s:{s:s}, s:i, s:s}", "amber_days", 1, "open_hour",
                  8, "close_hour", 22, "currency", currency, "hold_s", 1800, "language", language,
                  "names", language, options->name, "rise_lead_s", 120, "time_zone", zone_name);
    if (!settings) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("The name is not UTF-8 text."));
    }
    return settings;
}

int central_admin_store_add(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(json_t) settings = new_settings(options, &error);
    if (!settings) {
        return central_admin_fail(error);
    }
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!central_store_add_store(store, options->store, settings, &error)) {
        return central_admin_fail(error);
    }
    printf(_("Made the store “%s”.\n"), options->store);
    return CENTRAL_EXIT_OK;
}

int central_admin_store_list(const CentralOptions *options)
{
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (!store) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(GPtrArray) ids = central_store_list_stores(store);
    for (guint i = 0; i < ids->len; i++) {
        const char *id = g_ptr_array_index(ids, i);
        g_autoptr(json_t) settings = central_store_feed_value(store, id, "setting", "store", NULL);
        json_t *names = json_object_get(settings, "names");
        int64_t version = 0;
        central_store_feed_newest(store, id, &version, NULL);
        json_t *shown = json_pack("{s:s, s:I}", "store", id, "feed_version", (json_int_t)version);
        json_object_set(shown, "names", names);
        json_object_set(shown, "currency", json_object_get(settings, "currency"));
        json_object_set(shown, "demo", json_object_get(settings, "demo"));
        central_admin_print(shown);
    }
    return CENTRAL_EXIT_OK;
}

/* --- operators ---------------------------------------------------------------------------- */

/* The first line of standard input without its end; false when it is no PIN. An empty one is "". */
static bool read_pin(char pin[POS_BOUND_PIN_BYTES + 3], GError **error)
{
    if (!fgets(pin, POS_BOUND_PIN_BYTES + 3, stdin)) {
        pin[0] = '\0';
    }
    pin[strcspn(pin, "\r\n")] = '\0';
    gsize length = strlen(pin);
    if (length > 0 && (length < PIN_BYTES_MIN || length > POS_BOUND_PIN_BYTES)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("A PIN has %d to %d characters; it comes on standard input."), PIN_BYTES_MIN,
                    POS_BOUND_PIN_BYTES);
        return false;
    }
    return true;
}

/* cashier and manager are always there; the others are data, the setting `roles`. */
static bool is_role(CentralStore *store, const CentralOptions *options)
{
    g_autoptr(json_t) roles =
        central_store_feed_value(store, options->store, "setting", "roles", NULL);
    return strcmp(options->role, "cashier") == 0 || strcmp(options->role, "manager") == 0 ||
           json_object_get(roles, options->role) != NULL;
}

static bool fill_operator(CentralStore *store, const CentralOptions *options, json_t *value,
                          GError **error)
{
    char pin[POS_BOUND_PIN_BYTES + 3];
    char hash[crypto_pwhash_STRBYTES];
    const char *role = options->role;
    if (role && !is_role(store, options)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("--role is cashier, manager or a role of the setting “roles”, not “%s”."),
                    role);
        return false;
    }
    if (!read_pin(pin, error)) {
        return false;
    }
    if (!*pin && !json_object_get(value, "pin")) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("A new operator needs a PIN on standard input."));
        return false;
    }
    if (*pin && crypto_pwhash_str(hash, pin, strlen(pin), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                  crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
        g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                    _("There is not enough memory to hash the PIN."));
        return false;
    }
    if (*pin) {
        json_object_set_new(value, "pin", json_string(hash));
    }
    sodium_memzero(pin, sizeof pin);
    const char *name = options->name ? options->name : options->operator_;
    if (options->name || !json_object_get(value, "name")) {
        json_object_set_new(value, "name", json_string(name));
    }
    if (role || !json_object_get(value, "role")) {
        json_object_set_new(value, "role", json_string(role ? role : "cashier"));
    }
    return true;
}

int central_admin_operator_set(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!*options->operator_ || strlen(options->operator_) > 64 ||
        (options->name && strlen(options->name) > POS_BOUND_NAME_BYTES)) {
        return central_admin_usage(_("An operator's id has 1 to 64 bytes, a name at most %d."),
                                   POS_BOUND_NAME_BYTES);
    }
    g_autoptr(json_t) value =
        central_store_feed_value(store, options->store, "operator", options->operator_, NULL);
    value = value ? value : json_object();
    if (!fill_operator(store, options, value, &error)) {
        return central_admin_fail(error);
    }
    return central_admin_publish(store, options->store, "operator", options->operator_, value);
}

int central_admin_operator_badge(const CentralOptions *options)
{
    uint8_t secret[POS_BADGE_SECRET_BYTES];
    char hash[POS_BADGE_HASH_CHARS + 1];
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(json_t) value =
        central_store_feed_value(store, options->store, "operator", options->operator_, NULL);
    if (!value) {
        fprintf(stderr, _("coster-central: Store “%s” has no operator “%s”.\n"), options->store,
                options->operator_);
        return CENTRAL_EXIT_FAILED;
    }
    randombytes_buf(secret, sizeof secret);
    g_autofree char *text = pos_badge_text(secret);
    bool hashed = pos_badge_hash(text, strlen(text), hash);
    g_assert(hashed);
    const char *name = json_string_value(json_object_get(value, "name"));
    if (options->png &&
        !pos_badge_card_write(text, name ? name : options->operator_, options->png, &error)) {
        return central_admin_fail(error);
    }
    json_object_set_new(value, "badge", json_string(hash));
    const CentralChange change = {"operator", options->operator_, value};
    if (!central_store_publish(store, options->store, &change, 1, NULL, &error)) {
        return central_admin_fail(error);
    }
    printf("%s\n",
           text); /* alone, so that a program can take it; no one can read it from the feed again */
    return CENTRAL_EXIT_OK;
}

static void print_operator(const char *key, int64_t version, const json_t *value, void *user)
{
    json_t *shown = json_copy((json_t *)value);
    json_object_del(shown, "pin");
    json_object_set_new(shown, "has_badge", json_boolean(json_object_get(shown, "badge")));
    json_object_del(shown, "badge");
    json_object_set_new(shown, "operator", json_string(key));
    central_admin_print(shown);
}

int central_admin_operator_list(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!central_store_feed_each(store, options->store, "operator", print_operator, NULL, &error)) {
        return central_admin_fail(error);
    }
    return CENTRAL_EXIT_OK;
}

int central_admin_operator_remove(const CentralOptions *options)
{
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(json_t) value =
        central_store_feed_value(store, options->store, "operator", options->operator_, NULL);
    if (!value) {
        fprintf(stderr, _("coster-central: Store “%s” has no operator “%s”.\n"), options->store,
                options->operator_);
        return CENTRAL_EXIT_FAILED;
    }
    return central_admin_publish(store, options->store, "operator", options->operator_, NULL);
}

/* --- terminals ---------------------------------------------------------------------------- */

int central_admin_terminal_list(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (!store || (options->store && !central_admin_has_store(store, options))) {
        return CENTRAL_EXIT_FAILED;
    }
    g_autoptr(GPtrArray) all = central_store_terminals(store, options->store, &error);
    if (!all) {
        return central_admin_fail(error);
    }
    for (guint i = 0; i < all->len; i++) {
        const CentralTerminal *terminal = g_ptr_array_index(all, i);
        g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
        g_autofree char *seen_at = pos_instant_format(terminal->seen_ms, utc);
        json_t *shown = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:b, s:b}", "terminal",
                                  terminal->id, "store", terminal->store, "name", terminal->name,
                                  "mode", terminal->mode, "receipt_prefix",
                                  terminal->receipt_prefix, "acked", (json_int_t)terminal->acked,
                                  "feed_version", (json_int_t)terminal->seen_version, "revoked",
                                  terminal->revoked, "forked", terminal->forked);
        if (terminal->seen_ms > 0) {
            json_object_set_new(shown, "seen_at", json_string(seen_at));
        }
        central_admin_print(shown);
    }
    return CENTRAL_EXIT_OK;
}

int central_admin_terminal_revoke(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store) {
        return CENTRAL_EXIT_FAILED;
    }
    if (!central_store_terminal_revoke(store, options->terminal, central_admin_now_ms(), &error)) {
        return central_admin_fail(error);
    }
    printf(_("Terminal “%s” has no access any more; it needs a new code.\n"), options->terminal);
    return CENTRAL_EXIT_OK;
}

/* --- settings ----------------------------------------------------------------------------- */

static void print_setting(const char *key, int64_t version, const json_t *value, void *user)
{
    json_t *shown = json_object();
    json_object_set(shown, key, (json_t *)value);
    central_admin_print(shown);
}

int central_admin_setting_get(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_READ);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    if (options->words->len == 0) {
        return central_store_feed_each(store, options->store, "setting", print_setting, NULL,
                                       &error)
                   ? CENTRAL_EXIT_OK
                   : central_admin_fail(error);
    }
    const char *name = g_ptr_array_index(options->words, 0);
    json_t *value = central_store_feed_value(store, options->store, "setting", name, NULL);
    if (!value) {
        fprintf(stderr, _("coster-central: Store “%s” has no setting “%s”.\n"), options->store,
                name);
        return CENTRAL_EXIT_FAILED;
    }
    central_admin_print(value);
    return CENTRAL_EXIT_OK;
}

/* MEMBER=@FILE: the file's text. */
static bool set_member_from_file(json_t *value, const char *member, const char *path,
                                 GError **error)
{
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, error)) {
        return false;
    }
    json_t *given = length <= CENTRAL_SETTING_FILE_BYTES ? json_stringn(text, length) : NULL;
    if (!given || strlen(text) != length || !g_utf8_validate(member, -1, NULL)) {
        json_decref(given);
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("%s is no UTF-8 text of at most %d bytes."), path,
                    CENTRAL_SETTING_FILE_BYTES);
        return false;
    }
    json_object_set_new(value, member, given);
    return true;
}

/* MEMBER=VALUE into the setting: JSON where it is JSON, else text; nothing after the sign takes the
 * member out. */
static bool set_member(json_t *value, const char *text, GError **error)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("“%s” is not MEMBER=VALUE."), text);
        return false;
    }
    g_autofree char *member = g_strndup(text, (gsize)(equals - text));
    if (equals[1] == '@') {
        return set_member_from_file(value, member, equals + 2, error);
    }
    json_t *given = json_loads(equals + 1, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
    given = given ? given : json_string(equals + 1);
    if (!given || !g_utf8_validate(member, -1, NULL)) {
        json_decref(given);
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID, _("The value of %s is not UTF-8 text."),
                    member);
        return false;
    }
    if (equals[1] == '\0') {
        json_decref(given);
        json_object_del(value, member);
        return true;
    }
    json_object_set_new(value, member, given);
    return true;
}

int central_admin_setting_set(const CentralOptions *options)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CentralStore) store = central_admin_open(options, CENTRAL_STORE_WRITE);
    if (!store || !central_admin_has_store(store, options)) {
        return CENTRAL_EXIT_FAILED;
    }
    const char *name = g_ptr_array_index(options->words, 0);
    g_autoptr(json_t) value =
        central_store_feed_value(store, options->store, "setting", name, NULL);
    value = value ? value : json_object();
    for (guint i = 1; i < options->words->len; i++) {
        if (!set_member(value, g_ptr_array_index(options->words, i), &error)) {
            return central_admin_fail(error);
        }
    }
    if (!central_setting_check(name, value, &error)) {
        return central_admin_fail(error);
    }
    return central_admin_publish(store, options->store, "setting", name, value);
}
