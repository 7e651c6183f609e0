/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/till_fixture.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

typedef struct {
    const char *kind, *key, *json;
} Item;

static const Item SHOP[] = {
    {"setting", "store",
     "{\"names\":{\"ko\":\"시험 가게\",\"en\":\"Test "
     "shop\"},\"currency\":\"KRW\",\"language\":\"en\","
     "\"amber_days\":1,\"hold_s\":1800,\"time_zone\":\"Asia/Seoul\",\"demo\":true,"
     "\"rcn\":\"weight 28.....{NNDDD}\\nprice 21.....{NNNNN}\\nunits 29.....{NNNNN}\\n\"}"},
    {"product", SHOP_APPLE,
     "{\"names\":{\"en\":\"Apple\",\"ko\":\"사과\"},\"unit\":\"each\",\"plu\":\"4017\"}"},
    {"product", SHOP_BEEF,
     "{\"names\":{\"en\":\"Beef\",\"ko\":\"소고기\"},\"unit\":\"g\",\"plu\":\"4020\"}"},
    {"product", SHOP_SOAP, "{\"names\":{\"en\":\"Soap\"},\"unit\":\"each\",\"tax_bp\":1000}"},
    {"product", SHOP_MILK, "{\"names\":{\"en\":\"Milk\"},\"unit\":\"each\"}"},
    {"product", SHOP_NUTS, "{\"names\":{\"en\":\"Nuts\"},\"unit\":\"each\"}"},
    {"product", SHOP_SALAD, "{\"names\":{\"en\":\"Salad\"},\"unit\":\"g\",\"tare_g\":10}"},
    {"product", SHOP_HAM, "{\"names\":{\"en\":\"Ham\"},\"unit\":\"each\"}"},
    {"product", SHOP_EGGS, "{\"names\":{\"en\":\"Eggs\"},\"unit\":\"each\"}"},
    {"lot", SHOP_APPLE "/A1",
     "{\"best_before\":\"2026-11-27\",\"origin\":{\"en\":\"Cheongsong, Korea\"}}"},
    {"lot", SHOP_APPLE "/A2",
     "{\"best_before\":\"2026-12-02\",\"origin\":{\"en\":\"Yeongju, Korea\"}}"},
    {"lot", SHOP_BEEF "/B1", "{\"use_by\":\"2026-11-26\",\"unit\":\"g\"}"},
    {"lot", SHOP_MILK "/OLD", "{\"best_before\":\"2026-11-22\"}"},
    {"lot", SHOP_MILK "/USED", "{\"use_by\":\"2026-11-22\"}"},
    {"lot", SHOP_MILK "/WARM",
     "{\"best_before\":\"2026-11-30\",\"route\":[{\"alarm\":true,\"at\":\"2026-11-20T05:30:00.000+"
     "09:00\","
     "\"place\":{\"en\":\"Depot\"},\"step\":\"shipping\"}]}"},
    {"lot", SHOP_MILK "/BACK", "{\"best_before\":\"2026-11-30\"}"},
    {"lot", SHOP_MILK "/SOON", "{\"best_before\":\"2026-11-23\"}"},
    {"lot", SHOP_MILK "/GOOD", "{\"best_before\":\"2026-12-01\"}"},
    {"lot", SHOP_EGGS "/E1", "{\"best_before\":\"2026-11-20\"}"},
    {"lot", SHOP_EGGS "/E2", "{\"best_before\":\"2026-11-21\"}"},
    {"recall", SHOP_MILK "/BACK",
     "{\"reason\":{\"en\":\"Possible Listeria\",\"zh\":\"疑似李斯特菌\"},\"status\":\"recalled\"}"},
    {"recall", SHOP_HAM, "{\"reason\":{\"en\":\"Glass\"},\"status\":\"suspended\"}"},
    {"price", SHOP_APPLE,
     "{\"price\":900,\"effective_at\":\"2026-11-22T09:00:00.000+09:00\",\"list_price\":1000}"},
    {"price", SHOP_APPLE "/A1",
     "{\"price\":800,\"effective_at\":\"2026-11-22T09:00:00.000+09:00\",\"why\":\"sells slowly\"}"},
    {"price", SHOP_BEEF,
     "{\"price\":4780,\"effective_at\":\"2026-11-22T09:00:00.000+09:00\",\"list_price\":4980}"},
    {"price", SHOP_SOAP, "{\"price\":12900,\"effective_at\":\"2026-11-22T09:00:00.000+09:00\"}"},
    {"price", SHOP_MILK, "{\"price\":2500,\"effective_at\":\"2026-11-22T09:00:00.000+09:00\"}"},
    {"price", SHOP_SALAD, "{\"price\":20000,\"effective_at\":\"2026-11-22T09:00:00.000+09:00\"}"},
    {"price", SHOP_HAM, "{\"price\":3000,\"effective_at\":\"2026-11-22T09:00:00.000+09:00\"}"},
    {"price", SHOP_EGGS, "{\"price\":500,\"effective_at\":\"2026-11-22T09:00:00.000+09:00\"}"},
};

/* A PIN's hash at the least cost: what is tested is that the PIN is checked, not how slowly. */
static json_t *operator_value(const char *name, const char *pin, const char *role)
{
    char hash[crypto_pwhash_STRBYTES];
    g_assert_cmpint(sodium_init(), >=, 0);
    g_assert_cmpint(crypto_pwhash_str(hash, pin, strlen(pin), crypto_pwhash_OPSLIMIT_MIN,
                                      crypto_pwhash_MEMLIMIT_MIN),
                    ==, 0);
    return json_pack("{ssssss}", "name", name, "pin", hash, "role", role);
}

static void apply(PosStore *store, PosFeedItem *items, gsize count, int64_t version)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *note = NULL;
    for (gsize i = 0; i < count; i++) {
        items[i].version = version;
    }
    pos_store_feed_apply(store, items, count, version, "epoch-1", false, &note, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(note, ==, NULL);
}

void till_fixture_fill(PosStore *store)
{
    g_autoptr(GError) error = NULL;
    PosIdentity identity = {.terminal = (char *)"t-test",
                            .store = (char *)"1",
                            .token = (char *)"secret",
                            .url = (char *)"http://127.0.0.1:1",
                            .pin = (char *)"",
                            .mode = (char *)"till",
                            .name = (char *)"till 1",
                            .currency = (char *)"KRW",
                            .receipt_prefix = (char *)"T01"};
    pos_store_identity_set(store, &identity, &error);
    g_assert_no_error(error);

    PosFeedItem items[G_N_ELEMENTS(SHOP) + 2] = {0};
    json_t *values[G_N_ELEMENTS(items)];
    for (gsize i = 0; i < G_N_ELEMENTS(SHOP); i++) {
        json_error_t wrong;
        values[i] = json_loads(SHOP[i].json, 0, &wrong);
        g_assert_nonnull(values[i]);
        items[i] = (PosFeedItem){0, SHOP[i].kind, SHOP[i].key, values[i]};
    }
    gsize count = G_N_ELEMENTS(SHOP);
    values[count] = operator_value("Kim Minji", "1234", "cashier");
    items[count] = (PosFeedItem){0, "operator", "u01", values[count]};
    values[count + 1] = operator_value("Lee Manager", "9999", "manager");
    items[count + 1] = (PosFeedItem){0, "operator", "u09", values[count + 1]};
    apply(store, items, count + 2, 10);
    for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
        json_decref(values[i]);
    }
}

static int64_t wall_ms(void *user)
{
    return ((TillFixture *)user)->wall_ms;
}

static int64_t boot_ms(void *user)
{
    return ((TillFixture *)user)->boot_ms;
}

static void open_all(TillFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    fixture->lock = pos_store_lock(fixture->dir, &error);
    g_assert_no_error(error);
    fixture->store = pos_store_open(fixture->dir, POS_STORE_WRITE, &error);
    g_assert_no_error(error);
}

static void open_till(TillFixture *fixture)
{
    g_autoptr(GError) error = NULL;
    fixture->till = pos_till_new(fixture->store, &fixture->clock, &error);
    g_assert_no_error(error);
}

static void close_all(TillFixture *fixture)
{
    g_clear_pointer(&fixture->till, pos_till_free);
    g_clear_pointer(&fixture->store, pos_store_close);
    g_clear_pointer(&fixture->lock, pos_store_unlock);
}

void till_fixture_set_up(TillFixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    fixture->dir = g_dir_make_tmp("coster-till-XXXXXX", &error);
    g_assert_no_error(error);
    fixture->clock = (PosClock){wall_ms, boot_ms, fixture};
    fixture->wall_ms = SHOP_NINE_MS;
    fixture->boot_ms = 5000000;
    open_all(fixture);
    till_fixture_fill(fixture->store);
    fixture->version = 10;
    open_till(fixture);
}

static void remove_folder(const char *dir)
{
    g_autoptr(GDir) entries = g_dir_open(dir, 0, NULL);
    const char *name = NULL;
    while (entries != NULL && (name = g_dir_read_name(entries)) != NULL) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            remove_folder(path);
        } else {
            g_remove(path);
        }
    }
    g_rmdir(dir);
}

void till_fixture_tear_down(TillFixture *fixture, gconstpointer unused)
{
    (void)unused;
    g_autoptr(GError) error = NULL;
    g_autofree char *why = NULL;
    int64_t bad_seq = 0;
    bool fine = pos_store_verify(fixture->store, &bad_seq, &why, &error);
    g_assert_no_error(error);
    if (!fine) {
        g_test_message("record %d: %s", (int)bad_seq, why);
    }
    g_assert_true(fine);
    close_all(fixture);
    remove_folder(fixture->dir);
    g_free(fixture->dir);
}

void till_fixture_restart(TillFixture *fixture)
{
    close_all(fixture);
    open_all(fixture);
    open_till(fixture);
}

void till_fixture_pass(TillFixture *fixture, int64_t ms)
{
    fixture->wall_ms += ms;
    fixture->boot_ms += ms;
}

void till_fixture_feed(TillFixture *fixture, const char *kind, const char *key, const char *json)
{
    g_autoptr(json_t) value = json == NULL ? NULL : json_loads(json, 0, NULL);
    g_assert_true(json == NULL || value != NULL);
    PosFeedItem item = {0, kind, key, value};
    apply(fixture->store, &item, 1, ++fixture->version);
}

PosTillEvent *till_fixture_login(TillFixture *fixture, const char *operator_id, const char *pin)
{
    PosTillCommand command = {
        .verb = POS_TILL_LOGIN, .operator_id = (char *)operator_id, .pin = (char *)pin};
    return pos_till_do(fixture->till, &command);
}

PosTillEvent *till_fixture_scan(TillFixture *fixture, const char *text)
{
    PosTillCommand command = {
        .verb = POS_TILL_SCAN, .text = (char *)text, .text_length = strlen(text)};
    return pos_till_do(fixture->till, &command);
}

PosTillEvent *till_fixture_tender(TillFixture *fixture, PosTenderKind kind, int64_t amount)
{
    PosTillCommand command = {.verb = POS_TILL_TENDER, .tender = kind, .amount = amount};
    return pos_till_do(fixture->till, &command);
}

PosTillEvent *till_fixture_do(TillFixture *fixture, PosTillVerb verb, int line, int64_t number)
{
    PosTillCommand command = {
        .verb = verb, .line = line, .amount = number, .grams = number, .pieces = number};
    return pos_till_do(fixture->till, &command);
}

void till_fixture_begin(TillFixture *fixture)
{
    till_fixture_expect(till_fixture_login(fixture, "u01", "1234"), POS_EVENT_LOGIN);
    till_fixture_expect(till_fixture_do(fixture, POS_TILL_OPEN_SHIFT, 0, 100000), POS_EVENT_SHIFT);
}

void till_fixture_expect(PosTillEvent *event, PosTillEventKind kind)
{
    if (event->kind != kind) {
        g_test_message("%s: %s", event->why, event->message);
    }
    g_assert_cmpint(event->kind, ==, kind);
    pos_till_event_free(event);
}

void till_fixture_refused(PosTillEvent *event, PosRefusal refusal)
{
    g_assert_cmpint(event->kind, ==, POS_EVENT_REFUSED);
    g_assert_cmpstr(event->why, ==, pos_refusal_code(refusal));
    g_assert_cmpint(event->refusal, ==, refusal);
    g_assert_nonnull(event->cart);
    /* One sentence for people. */
    g_assert_nonnull(event->message);
    g_assert_cmpuint(strlen(event->message), >, 15);
    g_assert_null(strchr(event->message, '\n'));
    g_test_message("%s: %s", event->why, event->message);
    pos_till_event_free(event);
}

json_t *till_fixture_last_record(TillFixture *fixture)
{
    int64_t seq = 0;
    PosHash head;
    g_assert_true(pos_store_journal_head(fixture->store, &seq, &head, NULL));
    g_autoptr(GPtrArray) records = pos_store_journal_read(fixture->store, seq, 1, 1, NULL);
    g_assert_cmpuint(records->len, ==, 1);
    const PosRecord *record = g_ptr_array_index(records, 0);
    return json_loadb(record->line, record->length, 0, NULL);
}

int till_fixture_count(TillFixture *fixture, const char *type)
{
    int count = 0;
    g_autoptr(GPtrArray) records =
        pos_store_journal_read(fixture->store, 1, 1000, 16 * 1024 * 1024, NULL);
    for (guint i = 0; i < records->len; i++) {
        const PosRecord *record = g_ptr_array_index(records, i);
        g_autoptr(json_t) object = json_loadb(record->line, record->length, 0, NULL);
        count += strcmp(json_string_value(json_object_get(object, "type")), type) == 0;
    }
    return count;
}
