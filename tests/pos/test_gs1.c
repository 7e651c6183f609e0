/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tests pos/gs1.c and the grammars behind it: vectors, the dispatch of rules 1 to 6, what is taken
 * out, links. */
#include "pos/gs1.h"
#include "pos/rcn.h"
#include "tests/support/vectors.h"

#include <jansson.h>
#include <string.h>

static PosGs1Settings settings_on(const char *today)
{
    PosGs1Settings settings = {0};
    g_assert_true(pos_date_parse(today, &settings.today));
    return settings;
}

static PosGs1Message read_text(const char *text)
{
    PosGs1Settings settings = settings_on("2026-03-15");
    PosGs1Message message;
    pos_gs1_read(text, strlen(text), &settings, &message);
    return message;
}

/* The elements of a message as JSON; null when it is not valid GS1. */
static json_t *elements_json(const PosGs1Message *message)
{
    if (message->kind != POS_GS1_ELEMENTS && message->kind != POS_GS1_LINK &&
        message->kind != POS_GS1_DIGITS) {
        return json_null();
    }
    json_t *object = json_object();
    for (gsize i = 0; i < message->elements_count; i++) {
        g_assert_null(json_object_get(object, message->elements[i].ai));
        json_object_set_new(object, message->elements[i].ai,
                            json_string(message->elements[i].value));
    }
    return object;
}

static json_t *derived_json(const PosGs1Message *message, PosDate today)
{
    json_t *object = json_object();
    for (gsize i = 0; i < message->elements_count; i++) {
        char value[64];
        if (pos_gs1_derive(&message->elements[i], today, value, sizeof(value))) {
            json_object_set_new(object, message->elements[i].ai, json_string(value));
        }
    }
    return object;
}

static json_t *expected_json(const char *cell)
{
    json_t *json = json_loads(cell, 0, NULL);
    g_assert_nonnull(json);
    return json;
}

static void check_row(const Vectors *vectors, guint row, bool compressed)
{
    gsize length = 0;
    g_autofree char *input = vectors_unescape(vectors_cell(vectors, row, "input"), &length);
    const char *cell = vectors_cell(vectors, row, "gs1");
    PosGs1Settings settings = settings_on("2026-03-15");
    settings.compressed_links = compressed;
    PosGs1Message message;
    pos_gs1_read(input, length, &settings, &message);
    json_t *expected = strcmp(cell, "invalid") == 0 ? json_null() : expected_json(cell);
    json_t *derived = expected_json(vectors_cell(vectors, row, "derived"));
    json_t *got = elements_json(&message);
    json_t *got_derived = derived_json(&message, settings.today);
    if (!json_equal(expected, got) || !json_equal(derived, got_derived)) {
        g_autofree char *text = json_dumps(got, JSON_ENCODE_ANY);
        g_test_message("%s: %s: expected %s, got %s %s", vectors_cell(vectors, row, "id"), input,
                       cell, text, message.error);
        g_test_fail();
    }
    json_decref(expected);
    json_decref(derived);
    json_decref(got);
    json_decref(got_derived);
}

static void check_file(const char *path, bool compressed)
{
    Vectors *vectors = vectors_read(path);
    g_assert_cmpuint(vectors->rows->len, >, 0);
    for (guint i = 0; i < vectors->rows->len; i++) {
        check_row(vectors, i, compressed);
    }
    vectors_free(vectors);
}

static void test_grocery_sample(void)
{
    g_autofree char *path = vectors_path("gs1/grocery-sample.csv");
    check_file(path, false);
}

static void test_outside(gconstpointer name)
{
    g_autofree char *path = vectors_outside_path(name);
    if (path == NULL) {
        g_test_skip("COSTER_TEST_DATA is unset: the vectors of other projects are not there");
        return;
    }
    check_file(path, strstr(name, "compressed") != NULL);
}

/* Restricted circulation: each row by the layout file that it names. */
static void check_rcn(const Vectors *vectors, guint row)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = g_strdup_printf("gs1/rcn-%s.txt", vectors_cell(vectors, row, "layout"));
    g_autofree char *path = vectors_path(name);
    g_autofree char *text = NULL;
    gsize text_length = 0, length = 0;
    g_assert_true(g_file_get_contents(path, &text, &text_length, NULL));
    g_autoptr(PosRcnLayouts) layouts = pos_rcn_layouts_parse(text, text_length, &error);
    g_assert_no_error(error);
    g_autofree char *input = vectors_unescape(vectors_cell(vectors, row, "input"), &length);
    PosGs1Settings settings = settings_on("2026-03-15");
    settings.rcn = layouts;
    PosGs1Message message;
    pos_gs1_read(input, length, &settings, &message);
    const char *cell = vectors_cell(vectors, row, "rcn");
    g_test_message("%s %s", vectors_cell(vectors, row, "id"), input);
    g_assert_cmpuint(message.elements_count, ==, 0);
    g_assert_cmpstr(message.gtin, ==, "");
    if (strcmp(cell, "invalid") == 0) {
        g_assert_cmpint(message.kind, ==, POS_GS1_REFUSED);
        g_assert_cmpstr(message.error, !=, "");
        g_assert_cmpint(message.rcn.kind, ==, POS_RCN_NONE);
        return;
    }
    g_assert_cmpint(message.kind, ==, POS_GS1_RESTRICTED);
    if (strcmp(cell, "none") == 0) {
        g_assert_cmpint(message.rcn.kind, ==, POS_RCN_NONE);
        return;
    }
    json_t *expected = expected_json(cell);
    g_autofree char *value = pos_rcn_value_text(&message.rcn);
    g_assert_cmpstr(pos_rcn_kind_code(&message.rcn), ==,
                    json_string_value(json_object_get(expected, "kind")));
    g_assert_cmpstr(message.rcn.item, ==, json_string_value(json_object_get(expected, "item")));
    g_assert_cmpstr(value, ==, json_string_value(json_object_get(expected, "value")));
    json_decref(expected);
}

static void test_rcn_vectors(void)
{
    g_autofree char *path = vectors_path("gs1/rcn.csv");
    Vectors *vectors = vectors_read(path);
    for (guint i = 0; i < vectors->rows->len; i++) {
        check_rcn(vectors, i);
    }
    vectors_free(vectors);
}

static char *element_string(const PosGs1Message *message)
{
    GString *text = g_string_new(NULL);
    for (gsize i = 0; i < message->elements_count; i++) {
        g_string_append_printf(text, "(%s)%s", message->elements[i].ai, message->elements[i].value);
    }
    return g_string_free(text, FALSE);
}

/* The reference engine's answers: element string in order, canonical link, refusals. */
static void test_reference_answers(void)
{
    g_autofree char *path = vectors_path("standards/gs1_syntax.csv");
    Vectors *vectors = vectors_read(path);
    for (guint i = 0; i < vectors->rows->len; i++) {
        g_auto(GStrv) parts = g_strsplit(vectors_cell(vectors, i, "input"), "{GS}", -1);
        g_autofree char *input = g_strjoinv("\x1d", parts);
        const char *expected = vectors_cell(vectors, i, "element_string_or_error");
        PosGs1Message message = read_text(input);
        g_test_message("%s", input);
        if (strcmp(vectors_cell(vectors, i, "result"), "ok") != 0) {
            g_assert_true(message.kind == POS_GS1_REFUSED || message.kind == POS_GS1_PLAIN);
            g_assert_cmpuint(message.elements_count, ==, 0);
            continue;
        }
        if (g_str_has_prefix(expected, "(")) {
            g_autofree char *text = element_string(&message);
            g_autofree char *link = pos_gs1_link_canonical(&message, "https://id.gs1.org");
            g_assert_cmpstr(text, ==, expected);
            g_assert_cmpstr(link, ==, vectors_cell(vectors, i, "canonical_uri"));
        } else {
            g_assert_cmpint(message.kind, ==, POS_GS1_DIGITS);
        }
    }
    vectors_free(vectors);
}

static void test_fields(void)
{
    PosGs1Message message = read_text("]Q3010880123456789310L20261122A\x1d"
                                      "1726112531030004503920215021S1\x1d"
                                      "3012");
    g_assert_cmpint(message.kind, ==,
                    POS_GS1_REFUSED); /* 3920 swallows what follows without separator */
    message =
        read_text("(01)08801234567893(10)L20261122A(15)261100(17)261125(3103)000450(21)S1(30)12");
    g_assert_cmpint(message.kind, ==, POS_GS1_ELEMENTS);
    g_assert_cmpstr(message.gtin, ==, "08801234567893");
    g_assert_cmpstr(message.lot, ==, "L20261122A");
    g_assert_cmpstr(message.serial, ==, "S1");
    g_assert_cmpint(message.net_weight_g, ==, 450);
    g_assert_cmpint(message.count, ==, 12);
    g_autofree char *best_before = pos_date_format(message.best_before);
    g_autofree char *use_by = pos_date_format(message.use_by);
    g_assert_cmpstr(best_before, ==, "2026-11-30");
    g_assert_cmpstr(use_by, ==, "2026-11-25");
}

static void test_weight_decimals(void)
{
    static const int64_t grams[] = {123456000, 12345600, 1234560, 123456, 12346, 1235};
    for (int n = 0; n <= 5; n++) {
        g_autofree char *text = g_strdup_printf("(01)08801234567893(310%d)123456", n);
        PosGs1Message message = read_text(text);
        g_assert_cmpint(message.net_weight_g, ==, grams[n]);
    }
}

static void test_expiry_with_time(void)
{
    PosGs1Message message = read_text("(01)08801234567893(7003)2611291800");
    g_autofree char *use_by = pos_date_format(message.use_by);
    g_assert_cmpstr(use_by, ==, "2026-11-29");
}

/* Every year of issue against every two digits: at most 50 back, 49 ahead. */
static void test_century(void)
{
    for (int year = 2000; year < 2100; year++) {
        for (int yy = 0; yy < 100; yy++) {
            PosGs1Settings settings = {0};
            g_assert_true(pos_date_from_ymd(year, 6, 1, &settings.today));
            PosGs1Element element = {.ai = "17"};
            g_snprintf(element.value, sizeof(element.value), "%02d0601", yy);
            char text[64];
            g_assert_true(pos_gs1_derive(&element, settings.today, text, sizeof(text)));
            int got = (int)g_ascii_strtoll(text, NULL, 10);
            g_assert_cmpint(got % 100, ==, yy);
            g_assert_cmpint(got - year, <=, 50);
            g_assert_cmpint(got - year, >=, -49);
        }
    }
}

static void test_kinds(void)
{
    static const struct {
        const char *text;
        PosGs1Kind kind;
    } cases[] = {
        {"", POS_GS1_PLAIN},
        {"hello", POS_GS1_PLAIN},
        {"WIFI:S:shop;T:WPA;P:secret;;", POS_GS1_PLAIN},
        {"https://example.com/menu", POS_GS1_PLAIN},
        {"https://example.com/01/08801234567890", POS_GS1_PLAIN},
        {"https://example.com/01/08801234567893", POS_GS1_LINK},
        {"]Q1https://example.com/01/08801234567893", POS_GS1_LINK},
        {"]Q1(01)08801234567893", POS_GS1_PLAIN},
        {"(01)08801234567893", POS_GS1_ELEMENTS},
        {"(01)08801234567890", POS_GS1_REFUSED},
        {"(1)08801234567893", POS_GS1_PLAIN},
        {"8801234567893", POS_GS1_DIGITS},
        {"8801234567890", POS_GS1_REFUSED},
        {"08801234567893", POS_GS1_DIGITS},
        {"96385074", POS_GS1_DIGITS},
        {"20638507", POS_GS1_REFUSED},
        {"2012345004504", POS_GS1_RESTRICTED},
        {"]E08801234567893", POS_GS1_DIGITS},
        {"]E0880123456789", POS_GS1_REFUSED},
        {"]C1", POS_GS1_REFUSED},
        {"]C0ABC", POS_GS1_PLAIN},
        {"\x1d"
         "0108801234567893",
         POS_GS1_ELEMENTS},
        {"010880123456789310A\x1d\x1d"
         "17261125",
         POS_GS1_PLAIN},
        {"88", POS_GS1_PLAIN},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        PosGs1Message message = read_text(cases[i].text);
        g_test_message("%s", cases[i].text);
        g_assert_cmpint(message.kind, ==, cases[i].kind);
        g_assert_true((message.error[0] != '\0') == (cases[i].kind == POS_GS1_REFUSED));
    }
}

static void test_separator_substitute(void)
{
    PosGs1Settings settings = settings_on("2026-03-15");
    const char *text = "010880123456789310L1~17261125";
    PosGs1Message message;
    pos_gs1_read(text, strlen(text), &settings, &message);
    g_assert_cmpint(message.kind, ==, POS_GS1_PLAIN);
    settings.gs_substitute[0] = '~';
    pos_gs1_read(text, strlen(text), &settings, &message);
    g_assert_cmpint(message.kind, ==, POS_GS1_ELEMENTS);
    g_assert_cmpstr(message.lot, ==, "L1");
    g_strlcpy(settings.gs_substitute, "\u00a7", sizeof(settings.gs_substitute));
    const char *leading = "\u00a7"
                          "010880123456789310L1"
                          "\u00a7"
                          "17261125";
    gsize shown_length;
    pos_gs1_read(leading, strlen(leading), &settings, &message);
    g_assert_cmpint(message.kind, ==, POS_GS1_ELEMENTS);
    g_assert_cmpstr(message.lot, ==, "L1");
    g_autofree char *shown =
        pos_gs1_shown(leading, strlen(leading), &settings, &message, &shown_length);
    g_assert_cmpstr(shown, ==,
                    "010880123456789310L1\x1d"
                    "17261125");
    g_assert_cmpuint(shown_length, ==, strlen(shown));
    g_strlcpy(settings.gs_substitute, "~", sizeof(settings.gs_substitute));
    const char *link = "https://example.com/~shop/01/08801234567893";
    pos_gs1_read(link, strlen(link), &settings, &message);
    g_assert_cmpint(message.kind, ==, POS_GS1_LINK);
}

static void test_nul_is_data(void)
{
    PosGs1Settings settings = settings_on("2026-03-15");
    const char text[] = "]Q3010880123456789310A\0B";
    PosGs1Message message;
    pos_gs1_read(text, sizeof(text) - 1, &settings, &message);
    g_assert_cmpint(message.kind, ==, POS_GS1_REFUSED);
    settings.gs1_flag = true;
    pos_gs1_read("0108801234567893", 16, &settings, &message);
    g_assert_cmpint(message.kind, ==, POS_GS1_ELEMENTS);
}

/* Beyond the bound a claim to be GS1 is refused, and everything else is plain text. */
static void test_too_long(void)
{
    static const struct {
        const char *prefix;
        PosGs1Kind kind;
    } cases[] = {
        {"", POS_GS1_PLAIN},        {"]Q1", POS_GS1_PLAIN},   {"https://a/01/", POS_GS1_PLAIN},
        {"]C1", POS_GS1_REFUSED},   {"]E0", POS_GS1_REFUSED}, {"(01)", POS_GS1_REFUSED},
        {"]Q1(01)", POS_GS1_PLAIN}, {"01", POS_GS1_PLAIN},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *nines = g_strnfill(POS_BOUND_SCAN_BYTES + 1, '9');
        g_autofree char *text = g_strconcat(cases[i].prefix, nines, NULL);
        PosGs1Message message = read_text(text);
        g_test_message("%s", cases[i].prefix);
        g_assert_cmpint(message.kind, ==, cases[i].kind);
        g_assert_cmpint(strlen(message.aim), ==, cases[i].prefix[0] == ']' ? 3 : 0);
    }
}

static void test_link_made(void)
{
    PosDate best_before, use_by = {0};
    g_assert_true(pos_date_from_ymd(2026, 11, 29, &best_before));
    g_autofree char *link =
        pos_gs1_link("https://id.gs1.org", "08801234567893", "A/B+1", best_before, use_by);
    g_assert_cmpstr(link, ==, "https://id.gs1.org/01/08801234567893/10/A%2FB%2B1?15=261129");
    PosGs1Message message = read_text(link);
    g_assert_cmpint(message.kind, ==, POS_GS1_LINK);
    g_assert_cmpstr(message.lot, ==, "A/B+1");
    g_assert_cmpint(message.best_before.days, ==, best_before.days);
}

/* Each character of set 82 may stand in a lot and comes back from a link. */
static void test_lot_characters(void)
{
    for (int c = 1; c < 128; c++) {
        char lot[] = {'L', (char)c, '\0'};
        g_autofree char *link =
            pos_gs1_link("https://id.gs1.org", "08801234567893", lot, (PosDate){0}, (PosDate){0});
        PosGs1Message message = read_text(link);
        bool in_set = strchr("!\"%&'()*+,-./:;<=>?_", c) != NULL || g_ascii_isalnum(c);
        g_test_message("%d", c);
        g_assert_cmpint(message.kind, ==, in_set ? POS_GS1_LINK : POS_GS1_PLAIN);
        g_assert_cmpstr(message.lot, ==, in_set ? lot : "");
    }
}

static void test_verifier(void)
{
    g_assert_cmpint(pos_rcn_verifier("2875", 4), ==, '9');
    g_assert_cmpint(pos_rcn_verifier("14685", 5), ==, '6');
}

static void test_layout_refused(void)
{
    static const char *const wrong[] = {
        "weigth 28....V{NNDDD}",
        "weight 28....{NNDDD}",
        "weight 28....VV{NDDD}",
        "price 21.....{DDNNN}",
        "price 21.......V.",
        "weight 28....V{NNDDD",
        "weight",
        "price 21....V{NNNDDD} x",
        "price 2......V{NDD}",
        "price 21{NN}.{NN}.....",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *text =
            g_strdup_printf("# shop\nprice 22....V{NNNDD} # fine\n%s\n", wrong[i]);
        g_test_message("%s", wrong[i]);
        g_assert_null(pos_rcn_layouts_parse(text, strlen(text), &error));
        g_assert_nonnull(strstr(error->message, "3"));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/gs1/the_grocery_sample_is_read_as_the_reference_reads_it",
                    test_grocery_sample);
    g_test_add_data_func("/pos/gs1/the_vectors_of_the_reference_are_read_as_it_reads_them",
                         "gs1/engine-vectors.csv", test_outside);
    g_test_add_data_func("/pos/gs1/compressed_links_are_read_when_asked_for",
                         "gs1/dl-compressed.csv", test_outside);
    g_test_add_func("/pos/gs1/element_strings_and_canonical_links_equal_the_reference",
                    test_reference_answers);
    g_test_add_func("/pos/gs1/gtin_lot_dates_and_weight_are_taken_out", test_fields);
    g_test_add_func("/pos/gs1/a_weight_is_grams_whatever_its_decimals", test_weight_decimals);
    g_test_add_func("/pos/gs1/an_expiry_with_time_is_a_use_by_date", test_expiry_with_time);
    g_test_add_func("/pos/gs1/the_century_is_never_further_than_half_a_century_away", test_century);
    g_test_add_func("/pos/gs1/each_message_is_read_by_the_first_rule_that_fits", test_kinds);
    g_test_add_func("/pos/gs1/a_substitute_stands_for_a_separator_and_not_in_links",
                    test_separator_substitute);
    g_test_add_func("/pos/gs1/a_nul_ends_nothing", test_nul_is_data);
    g_test_add_func("/pos/gs1/what_is_longer_than_a_scan_is_plain", test_too_long);
    g_test_add_func("/pos/gs1/a_made_link_reads_back", test_link_made);
    g_test_add_func("/pos/gs1/each_character_of_a_lot_reads_back", test_lot_characters);
    g_test_add_func("/pos/rcn/the_vectors_read_as_written", test_rcn_vectors);
    g_test_add_func("/pos/rcn/the_verifier_is_that_of_the_specification", test_verifier);
    g_test_add_func("/pos/rcn/a_wrong_layout_is_refused_by_its_line", test_layout_refused);
    return g_test_run();
}
