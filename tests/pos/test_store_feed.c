/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/store_feed.c, store_catalogue.c, store_settings.c and store_search.c: versions applied
 * whole, deletions, a new epoch, malformed items kept out but kept, typed reads, settings, search
 * in three languages. */
#include "tests/pos/store_fixture.h"

#include <string.h>

#include "pos/error.h"

static void assert_version(PosStore *store, int64_t version, const char *epoch)
{
    int64_t found;
    g_autofree char *found_epoch = NULL;
    g_assert_true(pos_store_feed_version(store, &found, &found_epoch, NULL));
    g_assert_cmpint(found, ==, version);
    g_assert_cmpstr(found_epoch, ==, epoch);
}

static void apply_one(PosStore *store, int64_t version, const char *kind, const char *key,
                      const char *value)
{
    const char *const items[][3] = {{kind, key, value}};
    store_fixture_feed(store, version, items, 1);
}

static void test_what_is_applied_is_read_back_typed(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    assert_version(fixture.store, 0, "");
    store_fixture_feed_small(fixture.store);
    assert_version(fixture.store, 1, "e1");
    store_fixture_reopen(&fixture);
    PosStore *store = fixture.store;
    g_autoptr(PosProduct) apple = pos_store_product(store, FIXTURE_APPLE);
    g_assert_cmpstr(apple->gtin, ==, FIXTURE_APPLE);
    g_assert_cmpstr(apple->names.zh, ==, "苹果");
    g_assert_cmpstr(apple->category, ==, "fruit");
    g_assert_cmpint(apple->unit, ==, POS_UNIT_EACH);
    g_autoptr(PosProduct) by_plu = pos_store_product_by_plu(store, "4017");
    g_assert_cmpstr(by_plu->gtin, ==, FIXTURE_APPLE);
    g_assert_null(pos_store_product_by_plu(store, ""));
    g_assert_null(pos_store_product(store, "09521234599999"));
    g_autoptr(PosLot) lot = pos_store_lot(store, FIXTURE_APPLE, "B");
    g_assert_cmpint(lot->delivered.value, ==, 40);
    g_assert_null(pos_store_lot(store, FIXTURE_APPLE, "C"));
    g_autoptr(GPtrArray) lots = pos_store_lots(store, FIXTURE_APPLE);
    g_assert_cmpuint(lots->len, ==, 2);
    g_assert_cmpstr(((PosLot *)g_ptr_array_index(lots, 0))->lot, ==, "B"); /* it expires first */
    g_autoptr(PosPrice) own = pos_store_price(store, FIXTURE_APPLE, "B");
    g_autoptr(PosPrice) products = pos_store_price(store, FIXTURE_APPLE, NULL);
    g_assert_cmpint(own->price.minor, ==, 900);
    g_assert_cmpint(own->version, ==, 1);
    g_assert_cmpint(products->price.minor, ==, 1100);
    g_assert_null(pos_store_price(store, FIXTURE_APPLE, "A"));
    g_autoptr(GPtrArray) operators = pos_store_operators(store);
    g_assert_cmpuint(operators->len, ==, 2);
    g_assert_false(pos_operator_is_manager(g_ptr_array_index(operators, 0)));
    g_autoptr(PosOperator) manager = pos_store_operator(store, "u09");
    g_assert_true(pos_operator_is_manager(manager));
    g_assert_cmpstr(manager->pin_hash, ==, "y");
    g_assert_null(pos_store_operator(store, "u02"));
    store_fixture_tear_down(&fixture);
}

static void test_a_deletion_takes_effect_and_stays_as_a_row(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    store_fixture_feed_small(fixture.store);
    static const char *const gone[][3] = {{"product", FIXTURE_BEEF, NULL},
                                          {"lot", FIXTURE_APPLE "/B", NULL},
                                          {"price", FIXTURE_APPLE "/B", NULL},
                                          {"operator", "u01", NULL}};
    store_fixture_feed(fixture.store, 2, gone, G_N_ELEMENTS(gone));
    g_assert_null(pos_store_product(fixture.store, FIXTURE_BEEF));
    g_assert_null(pos_store_lot(fixture.store, FIXTURE_APPLE, "B"));
    g_assert_null(pos_store_price(fixture.store, FIXTURE_APPLE, "B"));
    g_assert_null(pos_store_operator(fixture.store, "u01"));
    g_autoptr(GPtrArray) lots = pos_store_lots(fixture.store, FIXTURE_APPLE);
    g_assert_cmpuint(lots->len, ==, 1);
    g_autoptr(GPtrArray) beef = pos_store_products(fixture.store, "beef", NULL, "en", 10);
    g_assert_cmpuint(beef->len, ==, 0);
    g_autoptr(GPtrArray) lines = pos_store_feed_lines(fixture.store, NULL);
    g_assert_cmpuint(lines->len, ==, 10);
    g_assert_cmpstr(g_ptr_array_index(lines, 9), ==,
                    "{\"key\":\"" FIXTURE_BEEF
                    "\",\"kind\":\"product\",\"value\":null,\"version\":2}");
    store_fixture_tear_down(&fixture);
}

static void test_the_lines_of_the_feed_are_canonical_and_ascending(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    apply_one(fixture.store, 5, "price", FIXTURE_BEEF,
              "{\"price\":1,\"effective_at\":\"2026-11-22T00:00:00Z\"}");
    apply_one(fixture.store, 7, "later \"kind\"", "k/é",
              "{\"b\":{\"y\":1,\"x\":\"사과\"},\"a\":[]}");
    g_autoptr(GPtrArray) lines = pos_store_feed_lines(fixture.store, NULL);
    g_assert_cmpuint(lines->len, ==, 2);
    g_assert_cmpstr(g_ptr_array_index(lines, 0), ==,
                    "{\"key\":\"" FIXTURE_BEEF
                    "\",\"kind\":\"price\",\"value\":{\"effective_at\":\"2026-11-22T00:00:00Z\","
                    "\"price\":1},\"version\":5}");
    g_assert_cmpstr(g_ptr_array_index(lines, 1), ==,
                    "{\"key\":\"k/é\",\"kind\":\"later \\\"kind\\\"\",\"value\":{\"a\":[],\"b\":{"
                    "\"x\":\"사과\",\"y\":1}},\"version\":7}");
    store_fixture_tear_down(&fixture);
}

static void test_a_new_epoch_drops_what_is_absent(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    store_fixture_feed_small(fixture.store);
    g_autoptr(json_t) pear = store_fixture_json("{\"name\":\"Pear\",\"unit\":\"each\"}");
    PosFeedItem items[] = {
        {.version = 1, .kind = "product", .key = "09521234500031", .value = pear}};
    g_autoptr(GError) error = NULL;
    g_assert_false(pos_store_feed_apply(fixture.store, items, 1, 1, "e2", false, NULL, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID); /* another epoch only by replacing */
    assert_version(fixture.store, 1, "e1");
    g_assert_true(pos_store_feed_apply(fixture.store, items, 1, 1, "e2", true, NULL, NULL));
    assert_version(fixture.store, 1, "e2");
    g_assert_null(pos_store_product(fixture.store, FIXTURE_APPLE));
    g_assert_null(pos_store_operator(fixture.store, "u01"));
    g_autoptr(GPtrArray) lots = pos_store_lots(fixture.store, FIXTURE_APPLE);
    g_assert_cmpuint(lots->len, ==, 0);
    g_autoptr(GPtrArray) all = pos_store_products(fixture.store, NULL, NULL, "en", 10);
    g_assert_cmpuint(all->len, ==, 1);
    g_autoptr(GPtrArray) lines = pos_store_feed_lines(fixture.store, NULL);
    g_assert_cmpuint(lines->len, ==, 1);
    store_fixture_tear_down(&fixture);
}

static void test_an_older_state_never_wins(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    apply_one(fixture.store, 9, "product", FIXTURE_APPLE, "{\"name\":\"New\",\"unit\":\"each\"}");
    apply_one(fixture.store, 8, "product", FIXTURE_APPLE, "{\"name\":\"Old\",\"unit\":\"each\"}");
    assert_version(fixture.store, 9, "e1");
    g_autoptr(PosProduct) product = pos_store_product(fixture.store, FIXTURE_APPLE);
    g_assert_cmpstr(product->names.en, ==, "New");
    store_fixture_tear_down(&fixture);
}

static void test_malformed_items_are_named_and_hold_nothing_up(void)
{
    static const char *const bad[][3] = {
        {"product", "123", "{\"name\":\"x\",\"unit\":\"each\"}"},
        {"product", FIXTURE_APPLE, "{\"unit\":\"each\"}"},
        {"product", FIXTURE_APPLE, "[1]"},
        {"lot", FIXTURE_APPLE, "{}"},
        {"lot", FIXTURE_APPLE "/A", "{\"best_before\":\"soon\"}"},
        {"lot", FIXTURE_APPLE "/has space", "{}"},
        {"price", FIXTURE_APPLE, "{\"price\":-1,\"effective_at\":\"2026-11-22T00:00:00Z\"}"},
        {"price", FIXTURE_APPLE, "{\"price\":100}"},
        {"operator", "u01", "{\"name\":\"x\"}"},
        {"recall", FIXTURE_BEEF, "\"yes\""},
        {"setting", "store", "[]"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        StoreFixture fixture;
        store_fixture_set_up(&fixture);
        store_fixture_feed_small(fixture.store);
        g_autoptr(json_t) wrong = store_fixture_json(bad[i][2]);
        g_autoptr(json_t) pear = store_fixture_json("{\"name\":\"Pear\",\"unit\":\"each\"}");
        PosFeedItem items[] = {
            {.version = 2, .kind = bad[i][0], .key = bad[i][1], .value = wrong},
            {.version = 2, .kind = "product", .key = "09521234500031", .value = pear}};
        g_autofree char *note = NULL;
        g_autoptr(GError) error = NULL;
        g_assert_true(pos_store_feed_apply(fixture.store, items, 2, 2, "e1", false, &note, &error));
        g_assert_no_error(error);
        g_assert_nonnull(note);
        assert_version(fixture.store, 2, "e1");
        g_autoptr(PosProduct) product = pos_store_product(fixture.store, "09521234500031");
        g_assert_nonnull(product);
        g_autoptr(GPtrArray) lines = pos_store_feed_lines(fixture.store, NULL);
        bool kept = false;
        for (guint line = 0; line < lines->len; line++) {
            g_autoptr(json_t) parsed = json_loads(g_ptr_array_index(lines, line), 0, NULL);
            kept |= json_equal(json_object_get(parsed, "value"), wrong);
        }
        g_assert_true(kept);
        store_fixture_tear_down(&fixture);
    }
}

static void test_a_malformed_value_takes_the_sound_one_out(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    store_fixture_feed_small(fixture.store);
    g_autoptr(json_t) wrong = store_fixture_json("{\"unit\":7}");
    PosFeedItem items[] = {{.version = 2, .kind = "product", .key = FIXTURE_APPLE, .value = wrong},
                           {.version = 2, .kind = "price", .key = FIXTURE_BEEF, .value = wrong}};
    g_assert_true(pos_store_feed_apply(fixture.store, items, 2, 2, "e1", false, NULL, NULL));
    g_assert_null(pos_store_product(fixture.store, FIXTURE_APPLE));
    g_assert_null(pos_store_price(fixture.store, FIXTURE_BEEF, NULL));
    apply_one(fixture.store, 3, "product", FIXTURE_APPLE, "{\"name\":\"Apple\",\"unit\":\"each\"}");
    g_autoptr(PosProduct) product = pos_store_product(fixture.store, FIXTURE_APPLE);
    g_assert_nonnull(product);
    store_fixture_tear_down(&fixture);
}

static void test_oversized_and_unknown_items_do_no_harm(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autofree char *long_key = g_strnfill(4000, 'k');
    g_autoptr(json_t) value = store_fixture_json("{\"deep\":[1.5,null]}");
    PosFeedItem items[] = {{.version = 2, .kind = "later", .key = long_key, .value = value},
                           {.version = 2, .kind = "later", .key = "", .value = value},
                           {.version = 2, .kind = "later", .key = "\xff", .value = value},
                           {.version = 2, .kind = "later", .key = "good", .value = value}};
    g_autofree char *note = NULL;
    g_assert_true(pos_store_feed_apply(fixture.store, items, 4, 2, "e1", false, &note, NULL));
    g_assert_nonnull(note);
    g_autoptr(GPtrArray) lines = pos_store_feed_lines(fixture.store, NULL);
    g_assert_cmpuint(lines->len, ==, 1);
    store_fixture_tear_down(&fixture);
}

static void test_a_recall_stops_a_lot_or_all_of_them(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    store_fixture_feed_small(fixture.store);
    PosStore *store = fixture.store;
    g_assert_false(pos_store_is_recalled(store, FIXTURE_APPLE, "A", NULL));
    apply_one(store, 2, "recall", FIXTURE_APPLE "/A",
              "{\"reason\":{\"en\":\"Listeria\",\"ko\":\"리스테리아\"},\"status\":\"recalled\"}");
    g_auto(PosNames) why = {0};
    g_assert_true(pos_store_is_recalled(store, FIXTURE_APPLE, "A", &why));
    g_assert_cmpstr(why.ko, ==, "리스테리아");
    g_assert_cmpstr(why.en, ==, "Listeria");
    g_assert_false(pos_store_is_recalled(store, FIXTURE_APPLE, "B", NULL));
    g_assert_false(pos_store_is_recalled(store, FIXTURE_APPLE, NULL, NULL));
    apply_one(store, 3, "recall", FIXTURE_APPLE, "{\"status\":\"suspended\"}");
    g_auto(PosNames) no_reason = {0};
    g_assert_true(pos_store_is_recalled(store, FIXTURE_APPLE, "B", &no_reason));
    g_assert_cmpstr(pos_names_in(&no_reason, "en"), ==, "");
    g_assert_true(pos_store_is_recalled(store, FIXTURE_APPLE, "", NULL));
    apply_one(store, 4, "recall", FIXTURE_APPLE, NULL);
    apply_one(store, 4, "recall", FIXTURE_APPLE "/A", NULL);
    g_assert_false(pos_store_is_recalled(store, FIXTURE_APPLE, "A", NULL));
    store_fixture_tear_down(&fixture);
}

static void test_a_recall_that_cannot_be_read_still_stops_the_sale(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autoptr(json_t) wrong = store_fixture_json("[\"recalled\"]");
    PosFeedItem item = {.version = 1, .kind = "recall", .key = FIXTURE_APPLE, .value = wrong};
    g_assert_true(pos_store_feed_apply(fixture.store, &item, 1, 1, "e1", false, NULL, NULL));
    g_auto(PosNames) why = {0};
    g_assert_true(pos_store_is_recalled(fixture.store, FIXTURE_APPLE, "A", &why));
    g_assert_cmpstr(pos_names_in(&why, "en"), ==, "");
    store_fixture_tear_down(&fixture);
}

static void test_settings_have_defaults_and_bad_members_cost_only_themselves(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_auto(PosStoreSettings) before = {0};
    g_assert_true(pos_store_settings(fixture.store, &before, NULL));
    g_assert_cmpint(before.hold_ms, ==, 1800000);
    g_assert_cmpint(before.freshness.amber_days, ==, 1);
    g_assert_cmpstr(before.currency.code, ==, "KRW"); /* from enrolment */
    g_assert_cmpstr(before.link_base, ==, "https://id.gs1.org");
    g_assert_cmpstr(before.time_zone, ==, "");
    g_assert_false(before.demo);
    store_fixture_feed_small(fixture.store);
    g_auto(PosStoreSettings) after = {0};
    g_assert_true(pos_store_settings(fixture.store, &after, NULL));
    g_assert_cmpint(after.hold_ms, ==, 1200000);
    g_assert_cmpstr(after.names.en, ==, "Demo shop");
    g_assert_cmpstr(after.language, ==, "ko");
    g_assert_true(after.demo);
    g_autoptr(GTimeZone) zone = pos_store_zone(fixture.store);
    g_assert_cmpstr(g_time_zone_get_identifier(zone), ==, "Asia/Seoul");
    apply_one(
        fixture.store, 2, "setting", "store",
        "{\"hold_s\":\"long\",\"amber_days\":3,\"currency\":\"euro\",\"time_zone\":\"Moon/Base\"}");
    g_auto(PosStoreSettings) odd = {0};
    g_assert_true(pos_store_settings(fixture.store, &odd, NULL));
    g_assert_cmpint(odd.hold_ms, ==, 1800000);
    g_assert_cmpint(odd.freshness.amber_days, ==, 3);
    g_assert_cmpstr(odd.currency.code, ==, "KRW");
    g_autoptr(GTimeZone) local = pos_store_zone(fixture.store);
    g_assert_nonnull(local);
    store_fixture_tear_down(&fixture);
}

static void test_categories_keep_the_stores_order(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autoptr(GPtrArray) none = pos_store_categories(fixture.store);
    g_assert_cmpuint(none->len, ==, 0);
    apply_one(
        fixture.store, 1, "setting", "categories",
        "{\"list\":[{\"id\":\"veg\",\"names\":{\"en\":\"Vegetables\"}},{\"id\":\"bad\"},"
        "{\"icon\":\"fruit\",\"id\":\"fruit\",\"names\":{\"en\":\"Fruit\",\"ko\":\"과일\"}}]}");
    g_autoptr(GPtrArray) two = pos_store_categories(fixture.store);
    g_assert_cmpuint(two->len, ==, 2);
    const PosCategory *first = g_ptr_array_index(two, 0), *second = g_ptr_array_index(two, 1);
    g_assert_cmpstr(first->id, ==, "veg");
    g_assert_cmpstr(second->id, ==, "fruit");
    g_assert_cmpstr(second->names.ko, ==, "과일");
    g_assert_cmpstr(second->icon, ==, "fruit");
    store_fixture_tear_down(&fixture);
}

/* The GTINs' last four digits, in order. */
static void check_search(PosStore *store, const char *text, const char *category,
                         const char *language, gsize max, const char *wanted)
{
    g_autoptr(GPtrArray) found = pos_store_products(store, text, category, language, max);
    g_autoptr(GString) got = g_string_new(NULL);
    for (guint i = 0; i < found->len; i++) {
        const PosProduct *product = g_ptr_array_index(found, i);
        g_string_append_printf(got, "%s%s", i > 0 ? " " : "", product->gtin + 10);
    }
    g_assert_cmpstr(got->str, ==, wanted);
}

static void test_search_finds_any_part_in_any_language(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    static const char *const items[][3] = {
        {"product", "09521234500017",
         "{\"names\":{\"en\":\"Apple\",\"ko\":\"사과\",\"zh\":\"苹果\"},\"unit\":\"each\",\"plu\":"
         "\"4017\","
         "\"category\":\"fruit\"}"},
        {"product", "09521234500024",
         "{\"names\":{\"en\":\"Pineapple\",\"ko\":\"파인애플\",\"zh\":\"菠萝\"},\"unit\":\"each\","
         "\"category\":\"fruit\"}"},
        {"product", "09521234500031",
         "{\"names\":{\"en\":\"Éclair\",\"ko\":\"에클레어\"},\"unit\":\"each\",\"category\":"
         "\"bakery\"}"},
        {"product", "09521234500048",
         "{\"names\":{\"ko\":\"사과 주스\"},\"unit\":\"each\",\"category\":\"drinks\"}"},
        {"product", "09521234500055",
         "{\"names\":{\"en\":\"Zucchini\",\"ko\":\"가지호박\",\"zh\":\"西葫芦\"},\"unit\":\"g\","
         "\"plu\":\"4067\","
         "\"category\":\"veg\"}"},
    };
    store_fixture_feed(fixture.store, 1, items, G_N_ELEMENTS(items));
    PosStore *store = fixture.store;
    /* By initial consonants: the letters as a keyboard sends them. */
    check_search(store, "ㅅㄱ", NULL, "ko", 10, "0017 0048");
    check_search(store, "ㅇㅍ", NULL, "ko", 10, "0024");
    check_search(store, "ㅋㅋ", NULL, "ko", 10, "");
    check_search(store, "apple", NULL, "en", 10, "0017 0024");
    check_search(store, "APPLE", NULL, "en", 10, "0017 0024");
    check_search(store, "  apple ", NULL, "en", 1, "0017");
    check_search(store, "사과", NULL, "ko", 10, "0017 0048");
    check_search(store, "과", NULL, "ko", 10, "0017 0048");
    check_search(store, "苹", NULL, "ko", 10, "0017");
    check_search(store, "\xe1\x84\x89\xe1\x85\xa1\xe1\x84\x80\xe1\x85\xaa", NULL, "ko", 10,
                 "0017 0048"); /* the same syllables as single letters */
    check_search(store, "ＡＰＰＬＥ", NULL, "en", 10, "0017 0024"); /* full width */
    check_search(store,
                 "e\xcc\x81"
                 "cl",
                 NULL, "en", 10, "0031");
    check_search(store, "40", NULL, "en", 10, "0017 0055"); /* PLUs */
    check_search(store, "0952123450005", NULL, "en", 10, "0055");
    check_search(store, "nothing", NULL, "en", 10, "");
    check_search(store, "apple\n사과", NULL, "en", 10, "");
    check_search(store, NULL, NULL, "en", 10, "0017 0024 0055 0031 0048");
    check_search(store, "", NULL, "ko", 10, "0055 0017 0048 0031 0024");
    check_search(store, NULL, "fruit", "zh", 10, "0017 0024");
    check_search(store, "pine", "fruit", "en", 10, "0024");
    check_search(store, "pine", "veg", "en", 10, "");
    check_search(store, NULL, "unknown", "en", 10, "");
    check_search(store, NULL, NULL, NULL, 2, "0055 0017");
    apply_one(store, 2, "product", "09521234500055", "{\"name\":\"Apple pie\",\"unit\":\"each\"}");
    check_search(store, "apple", NULL, "en", 10, "0017 0055 0024");
    apply_one(store, 3, "product", "09521234500017", NULL);
    check_search(store, "apple", NULL, "en", 10, "0055 0024");
    store_fixture_tear_down(&fixture);
}

static void test_search_sees_what_another_connection_applied(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    store_fixture_feed_small(fixture.store);
    g_autoptr(PosStore) other = pos_store_open(fixture.dir, POS_STORE_WRITE, NULL);
    check_search(fixture.store, "pear", NULL, "en", 10, "");
    apply_one(other, 2, "product", "09521234500031", "{\"name\":\"Pear\",\"unit\":\"each\"}");
    check_search(fixture.store, "pear", NULL, "en", 10, "0031");
    g_clear_pointer(&other, pos_store_close);
    store_fixture_tear_down(&fixture);
}

static const char *keys_of(const GPtrArray *keys, int index)
{
    return g_ptr_array_index(keys, (guint)index);
}

/* Of a large catalogue the index is made aside: searches answer at once and lose nothing once it is there. */
static void test_search_of_a_large_catalogue(void)
{
    enum { COUNT = 5000 };
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autofree PosFeedItem *items = g_new0(PosFeedItem, COUNT);
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
    for (int i = 0; i < COUNT; i++) {
        g_ptr_array_add(keys, g_strdup_printf("0952123%07d", i));
        g_autofree char *name = g_strdup_printf("대파 %04d", COUNT - i);
        json_t *value = json_pack("{s{ss}ss}", "names", "ko", name, "unit", "each");
        items[i] = (PosFeedItem){1, "product", g_ptr_array_index(keys, (guint)i), value};
    }
    g_assert_true(pos_store_feed_apply(fixture.store, items, COUNT, 1, "e", false, NULL, NULL));
    g_autoptr(GPtrArray) first = pos_store_products(fixture.store, "대파", NULL, "ko", 3);
    g_assert_cmpuint(first->len, ==, 3); /* in whatever order, but now */
    pos_store_search_prepare(fixture.store, "ko", true);
    check_search(fixture.store, "대파", NULL, "ko", 2, "4999 4998");
    check_search(fixture.store, "ㄷㅍ4999", NULL, "ko", 2, "0001");
    /* All that hold it, wherever they stand, and no other. */
    static const char *const parts[] = {"1",         "12",  "123", "파",   "파 1",    "49",
                                        "대파 0500", "500", "ㅍ1", "1231", "3000049", "zz"};
    for (gsize k = 0; k < G_N_ELEMENTS(parts); k++) {
        guint wanted = 0;
        const bool initial = g_str_has_prefix(parts[k], "ㅍ");
        for (int i = 0; i < COUNT; i++) {
            g_autofree char *texts = g_strdup_printf("%s %04d\n%s", initial ? "ㄷㅍ" : "대파",
                                                     COUNT - i, keys_of(keys, i));
            g_autofree char *joined = g_strdup_printf("ㄷㅍ%04d", COUNT - i);
            wanted += strstr(initial ? joined : texts, parts[k]) != NULL;
        }
        g_autoptr(GPtrArray) found =
            pos_store_products(fixture.store, parts[k], NULL, "ko", 2 * COUNT);
        g_assert_cmpuint(found->len, ==, wanted);
    }
    /* What changes is found after the next making; until then the one before answers. */
    items[0].version = 2;
    json_object_set_new((json_t *)items[0].value, "names", json_pack("{ss}", "ko", "양파"));
    g_assert_true(pos_store_feed_apply(fixture.store, items, 1, 2, "e", false, NULL, NULL));
    check_search(fixture.store, "대파 0001", NULL, "ko", 2, "4999");
    pos_store_search_prepare(fixture.store, "ko", true);
    check_search(fixture.store, "ㅇㅍ", NULL, "ko", 2, "0000");
    for (int i = 0; i < COUNT; i++) {
        json_decref((json_t *)items[i].value);
    }
    store_fixture_tear_down(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fault_vfs_install();
    g_test_add_func("/pos/store_feed/what_is_applied_is_read_back_typed",
                    test_what_is_applied_is_read_back_typed);
    g_test_add_func("/pos/store_feed/a_deletion_takes_effect_and_stays_as_a_row",
                    test_a_deletion_takes_effect_and_stays_as_a_row);
    g_test_add_func("/pos/store_feed/the_lines_of_the_feed_are_canonical_and_ascending",
                    test_the_lines_of_the_feed_are_canonical_and_ascending);
    g_test_add_func("/pos/store_feed/a_new_epoch_drops_what_is_absent",
                    test_a_new_epoch_drops_what_is_absent);
    g_test_add_func("/pos/store_feed/an_older_state_never_wins", test_an_older_state_never_wins);
    g_test_add_func("/pos/store_feed/malformed_items_are_named_and_hold_nothing_up",
                    test_malformed_items_are_named_and_hold_nothing_up);
    g_test_add_func("/pos/store_feed/a_malformed_value_takes_the_sound_one_out",
                    test_a_malformed_value_takes_the_sound_one_out);
    g_test_add_func("/pos/store_feed/oversized_and_unknown_items_do_no_harm",
                    test_oversized_and_unknown_items_do_no_harm);
    g_test_add_func("/pos/store_catalogue/a_recall_stops_a_lot_or_all_of_them",
                    test_a_recall_stops_a_lot_or_all_of_them);
    g_test_add_func("/pos/store_catalogue/a_recall_that_cannot_be_read_still_stops_the_sale",
                    test_a_recall_that_cannot_be_read_still_stops_the_sale);
    g_test_add_func("/pos/store_settings/bad_members_cost_only_themselves",
                    test_settings_have_defaults_and_bad_members_cost_only_themselves);
    g_test_add_func("/pos/store_catalogue/categories_keep_the_stores_order",
                    test_categories_keep_the_stores_order);
    g_test_add_func("/pos/store_search/any_part_in_any_language",
                    test_search_finds_any_part_in_any_language);
    g_test_add_func("/pos/store_search/sees_what_another_connection_applied",
                    test_search_sees_what_another_connection_applied);
    g_test_add_func("/pos/store_feed/search_of_a_large_catalogue",
                    test_search_of_a_large_catalogue);
    return g_test_run();
}
