/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests that each example in sync/PROTOCOL.md is what this program reads: the document and the
 * parsers cannot drift apart. The price's example is the sync protocol's own. */
#include "tests/pos/store_fixture.h"

#include <string.h>

static const char price_example[] =
    "{\"price\":4780,\"effective_at\":\"2026-11-23T09:00:00.000+09:00\",\"why\":\"sells slower "
    "than "
    "planned: 31 left, 18 expected by close\",\"list_price\":4980,\"floor\":3000,\"ceiling\":5500,"
    "\"prior_price\":4980,\"next\":[{\"price\":5100,\"effective_at\":\"2026-11-23T09:02:00.000+09:"
    "00\","
    "\"awaits_tags\":true,\"why\":\"fewer left than "
    "planned\"}],\"recent\":[{\"price\":4980,\"from\":"
    "\"2026-11-22T09:00:00.000+09:00\",\"until\":\"2026-11-23T09:00:00.000+09:00\"}]}";

/* One example: the kind its section is about, the key that the test applies it under. */
typedef struct {
    char *kind, *key, *json;
} Example;

static void example_free(void *data)
{
    Example *example = data;
    g_free(example->kind);
    g_free(example->key);
    g_free(example->json);
    g_free(example);
}

static char *key_for(const char *kind)
{
    if (strcmp(kind, "product") == 0) {
        return g_strdup(FIXTURE_APPLE);
    }
    if (strcmp(kind, "lot") == 0 || strcmp(kind, "recall") == 0) {
        return g_strdup(FIXTURE_APPLE "/L20261122A");
    }
    return g_strdup("u01");
}

static void add_example(GPtrArray *examples, const char *kind, const char *key, const char *json)
{
    Example *example = g_new0(Example, 1);
    example->kind = g_strdup(kind);
    example->key = key != NULL ? g_strdup(key) : key_for(kind);
    example->json = g_strdup(json);
    g_ptr_array_add(examples, example);
}

/* A section's indented block is one example. */
static void add_block(GPtrArray *examples, const char *kind, GString *block)
{
    if (block->len > 0) {
        add_example(examples, kind, NULL, block->str);
        g_string_truncate(block, 0);
    }
}

/* "- `name`: `{…}`", over several lines until the closing back quote. */
static void add_setting(GPtrArray *examples, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "`", 5);
    g_assert_cmpuint(g_strv_length(parts), >=, 4);
    add_example(examples, "setting", parts[1], parts[3]);
}

static GPtrArray *read_examples(void)
{
    g_autofree char *path =
        g_build_filename(g_getenv("COSTER_SOURCE_ROOT"), "sync", "PROTOCOL.md", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &text, NULL, &error);
    g_assert_no_error(error);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    GPtrArray *examples = g_ptr_array_new_with_free_func(example_free);
    g_autofree char *kind = NULL;
    g_autoptr(GString) block = g_string_new(NULL);
    for (char **line = lines; *line != NULL; line++) {
        if (g_str_has_prefix(*line, "## ")) {
            add_block(examples, kind, block);
            g_free(kind);
            kind = g_strndup(*line + 3, strcspn(*line + 3, " "));
        } else if (kind != NULL && g_str_has_prefix(*line, "    ")) {
            g_string_append(block, *line + 4);
        } else if (g_strcmp0(kind, "setting") == 0 && g_str_has_prefix(*line, "- `")) {
            g_autofree char *joined = g_strjoinv(" ", line);
            add_setting(examples, joined);
        } else {
            add_block(examples, kind, block);
        }
    }
    add_block(examples, kind, block);
    return examples;
}

/* The document shortens texts and names to an ellipsis. */
static json_t *parse_example(const Example *example)
{
    g_auto(GStrv) parts = g_strsplit(example->json, "{…}", -1);
    g_autofree char *text = g_strjoinv("{\"en\":\"…\"}", parts);
    g_autoptr(GError) error = NULL;
    json_t *value = pos_json_parse_object(text, strlen(text), 65536, &error);
    if (value == NULL) {
        g_error("%s %s: %s", example->kind, example->key, error->message);
    }
    return value;
}

static void test_every_example_is_read(void)
{
    static const char *const kinds[] = {"product",  "lot",     "recall", "operator",
                                        "terminal", "setting", "tag"};
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autoptr(GPtrArray) examples = read_examples();
    add_example(examples, "price", FIXTURE_APPLE, price_example);
    g_assert_cmpuint(examples->len, >=, 11);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < examples->len; i++) {
        const Example *example = g_ptr_array_index(examples, i);
        g_hash_table_add(seen, example->kind);
        g_autoptr(json_t) value = parse_example(example);
        g_autofree char *canonical = pos_json_canonical(value, NULL, NULL);
        g_assert_nonnull(canonical); /* nothing is null, nothing has a fraction */
        PosFeedItem item = {
            .version = (int64_t)i + 1, .kind = example->kind, .key = example->key, .value = value};
        g_autofree char *note = NULL;
        g_autoptr(GError) error = NULL;
        g_assert_true(
            pos_store_feed_apply(fixture.store, &item, 1, item.version, "e", false, &note, &error));
        g_assert_no_error(error);
        g_assert_cmpstr(note, ==, NULL);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_assert_true(g_hash_table_contains(seen, kinds[i]));
    }
    store_fixture_tear_down(&fixture);
}

static void test_the_examples_mean_what_they_say(void)
{
    StoreFixture fixture;
    store_fixture_set_up(&fixture);
    g_autoptr(GPtrArray) examples = read_examples();
    add_example(examples, "price", FIXTURE_APPLE, price_example);
    for (guint i = 0; i < examples->len; i++) {
        const Example *example = g_ptr_array_index(examples, i);
        g_autoptr(json_t) value = parse_example(example);
        PosFeedItem item = {
            .version = 1, .kind = example->kind, .key = example->key, .value = value};
        g_assert_true(pos_store_feed_apply(fixture.store, &item, 1, 1, "e", false, NULL, NULL));
    }
    g_autoptr(PosProduct) product = pos_store_product_by_plu(fixture.store, "4017");
    g_assert_cmpstr(product->names.ko, ==, "사과");
    g_autoptr(GPtrArray) lots = pos_store_lots(fixture.store, FIXTURE_APPLE);
    g_assert_cmpuint(lots->len, ==, 1);
    const PosLot *lot = g_ptr_array_index(lots, 0);
    g_autofree char *last_day = pos_date_format(pos_lot_last_day(lot));
    g_assert_cmpstr(last_day, ==, "2026-11-30");
    g_assert_cmpuint(lot->route->len, ==, 1);
    g_assert_true(pos_store_is_recalled(fixture.store, FIXTURE_APPLE, lot->lot, NULL));
    g_autoptr(PosPrice) price = pos_store_price(fixture.store, FIXTURE_APPLE, NULL);
    g_assert_cmpint(price->price.minor, ==, 4780);
    g_assert_cmpuint(price->next->len, ==, 1);
    g_assert_cmpuint(price->recent->len, ==, 1);
    g_auto(PosStoreSettings) settings = {0};
    g_assert_true(pos_store_settings(fixture.store, &settings, NULL));
    g_assert_cmpstr(settings.time_zone, ==, "Asia/Seoul");
    g_assert_cmpint(settings.hold_ms, ==, 1800000);
    g_assert_true(settings.demo);
    g_autoptr(GPtrArray) categories = pos_store_categories(fixture.store);
    g_assert_cmpuint(categories->len, ==, 1);
    store_fixture_tear_down(&fixture);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    fault_vfs_install();
    g_test_add_func("/pos/protocol/every_example_is_read", test_every_example_is_read);
    g_test_add_func("/pos/protocol/the_examples_mean_what_they_say",
                    test_the_examples_mean_what_they_say);
    return g_test_run();
}
