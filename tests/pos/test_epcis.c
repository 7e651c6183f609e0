/* SPDX-License-Identifier: GPL-3.0-or-later
 * EPCIS documents: the shared chain and each change of it that the schema judges; identifiers in one spelling. */
#include "pos/epcis.h"
#include "pos/epcis_id.h"
#include "pos/error.h"
#include "tests/support/vectors.h"

#include <string.h>

static json_t *load(const char *name)
{
    g_autofree char *path = vectors_outside_path(name);
    return path == NULL ? NULL : json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
}

/* Whether the document and each of its events are taken. */
static bool is_taken(const json_t *document, GError **error)
{
    const json_t *events = pos_epcis_document_events(document, error);
    for (size_t i = 0; i < json_array_size(events); i++) {
        g_autoptr(PosEpcisEvent) event = pos_epcis_event_read(json_array_get(events, i), error);
        if (event == NULL) {
            return false;
        }
    }
    return events != NULL;
}

static json_t *event_at(json_t *document, size_t index)
{
    return json_array_get(json_object_get(json_object_get(document, "epcisBody"), "eventList"),
                          index);
}

static void set_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, json_string(text));
}

/* Makes the change that a row of epcis_rules.csv describes. */
static void change(json_t *document, const char *what)
{
    json_t *first = event_at(document, 0), *packing = event_at(document, 1);
    json_t *quantity = json_array_get(json_object_get(first, "quantityList"), 0);
    const char *url = strstr(what, "https://"), *urn = strstr(what, "urn:");
    if (g_str_has_prefix(what, "bizStep")) {
        const char *start = url != NULL ? url : urn;
        g_autofree char *uri = start != NULL ? g_strndup(start, strcspn(start, " ")) : NULL;
        set_text(first, "bizStep", uri != NULL ? uri : "harvesting");
    } else if (strcmp(what, "eventTimeZoneOffset missing") == 0) {
        json_object_del(first, "eventTimeZoneOffset");
    } else if (strcmp(what, "eventTime without offset") == 0) {
        set_text(first, "eventTime", "2026-11-22T05:30:00");
    } else if (strstr(what, "\"kg\"") != NULL) {
        set_text(quantity, "uom", "kg");
    } else if (g_str_has_prefix(what, "ilmd with action")) {
        set_text(first, "action", "OBSERVE");
    } else if (g_str_has_prefix(what, "ObjectEvent with neither")) {
        json_object_del(first, "quantityList");
    } else if (g_str_has_prefix(what, "quantity as a JSON string")) {
        set_text(quantity, "quantity", "120.0");
    } else if (g_str_has_prefix(what, "unknown bare property")) {
        set_text(first, "farmer", "Kim");
    } else if (g_str_has_prefix(what, "creationDate")) {
        json_object_del(document, "creationDate");
    } else if (g_str_has_prefix(what, "AggregationEvent ADD without")) {
        json_object_del(packing, "parentID");
    } else if (g_str_has_prefix(what, "persistentDisposition")) {
        json_object_set_new(first, "persistentDisposition",
                            json_pack("{s:[s]}", "set", "completeness_verified"));
    } else if (g_str_has_prefix(what, "errorDeclaration")) {
        json_object_set_new(first, "errorDeclaration",
                            json_pack("{s:s, s:s}", "declarationTime", "2026-11-23T05:30:00+09:00",
                                      "reason", "did_not_occur"));
    } else {
        g_error("a row that this test does not know: %s", what);
    }
}

static void test_each_rule_has_its_verdict(void)
{
    g_autofree char *path = vectors_outside_path("standards/epcis_rules.csv");
    g_autoptr(json_t) chain = load("standards/epcis_chain.json");
    if (path == NULL || chain == NULL) {
        g_test_skip("COSTER_TEST_DATA has no standards/epcis_rules.csv");
        return;
    }
    Vectors *rules = vectors_read(path);
    g_assert_cmpuint(rules->rows->len, >=, 15);
    for (guint i = 0; i < rules->rows->len; i++) {
        const char *what = vectors_cell(rules, i, "change_to_the_valid_chain");
        const char *verdict = vectors_cell(rules, i, "schema_result");
        g_autoptr(json_t) document = json_deep_copy(chain);
        g_autoptr(GError) error = NULL;
        change(document, what);
        bool taken = is_taken(document, &error);
        g_test_message("%s: %s", what, error != NULL ? error->message : "taken");
        g_assert_cmpint(taken, ==, strcmp(verdict, "valid") == 0);
        g_assert_cmpint(taken, ==, error == NULL);
    }
    vectors_free(rules);
}

static void test_the_chain_is_read_whole(void)
{
    g_autoptr(json_t) chain = load("standards/epcis_chain.json");
    if (chain == NULL) {
        g_test_skip("COSTER_TEST_DATA has no standards/epcis_chain.json");
        return;
    }
    g_autoptr(GError) error = NULL;
    g_assert_true(is_taken(chain, &error));
    g_assert_no_error(error);
    g_autoptr(PosEpcisEvent) packing = pos_epcis_event_read(event_at(chain, 1), &error);
    g_assert_cmpstr(packing->biz_step, ==, "packing");
    g_assert_cmpuint(packing->items->len, ==, 2);
    const PosEpcisItem *pallet = g_ptr_array_index(packing->items, 0);
    g_assert_cmpint(pallet->role, ==, POS_EPCIS_PARENT);
    g_assert_cmpstr(pallet->id, ==, "https://id.gs1.org/00/388012340000000117");
    g_autoptr(PosEpcisEvent) cut = pos_epcis_event_read(event_at(chain, 6), &error);
    const PosEpcisItem *out = g_ptr_array_index(cut->items, 1);
    g_assert_cmpint(out->role, ==, POS_EPCIS_OUTPUT);
    g_assert_true(out->is_class);
    char gtin[15], lot[21], gln[14];
    g_assert_true(pos_epcis_id_lot(out->id, gtin, lot));
    g_assert_cmpstr(gtin, ==, "08801234567909");
    g_assert_cmpstr(lot, ==, "ST1-261122-01");
    g_assert_true(pos_epcis_id_gln(cut->read_point, gln));
    g_assert_cmpstr(gln, ==, "8801234000048");
}

/* The same thing under each of its names; the URNs of STANDARDS' sample identities. */
static void test_one_spelling(void)
{
    static const struct {
        const char *uri, *id;
    } rows[] = {
        {"urn:epc:class:lgtin:8801234.056789.L20261122A",
         "https://id.gs1.org/01/08801234567893/10/L20261122A"},
        {"https://shop.example/x/01/08801234567893/10/L20261122A?15=261129",
         "https://id.gs1.org/01/08801234567893/10/L20261122A"},
        {"urn:epc:idpat:sgtin:8801234.056789.*", "https://id.gs1.org/01/08801234567893"},
        {"urn:epc:id:sgtin:8801234.056789.S%2F1", "https://id.gs1.org/01/08801234567893/21/S%2F1"},
        {"urn:epc:id:sscc:8801234.3000000011", "https://id.gs1.org/00/388012340000000117"},
        {"urn:epc:id:sgln:8801234.00004.COUNTER-1",
         "https://id.gs1.org/414/8801234000048/254/COUNTER-1"},
        {"urn:epc:id:sgln:8801234.00004.0", "https://id.gs1.org/414/8801234000048"},
        {"urn:epc:id:pgln:8801234.00001", "https://id.gs1.org/417/8801234000017"},
        {"https://farm.example/boxes/17", "https://farm.example/boxes/17"},
        {"urn:uuid:6f1f2d9c-6a70-4a6b-9e07-3f2f7b2f9f10",
         "urn:uuid:6f1f2d9c-6a70-4a6b-9e07-3f2f7b2f9f10"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *id = pos_epcis_id(rows[i].uri, &error);
        g_assert_no_error(error);
        g_assert_cmpstr(id, ==, rows[i].id);
    }
}

static void test_what_is_no_identifier(void)
{
    static const char *const rows[] = {
        "",
        "08801234567893",
        "https://id.gs1.org/01/08801234567894",
        "urn:epc:id:sscc:88.1",
        "urn:epc:id:sgtin:8801234.056789",
        "https://id.gs1.org/",
        "lot 7",
        "urn:epc:class:lgtin:",
        "https://a.example/<x>",
        "urn:epc:id:sscc:88012341234567890123.1",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(pos_epcis_id(rows[i], &error));
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
    g_autofree char *endless = g_strnfill(300, 'a');
    g_autofree char *uri = g_strconcat("urn:x:", endless, NULL);
    g_assert_null(pos_epcis_id(uri, NULL));
}

static json_t *minimal(void)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:[s]}", "type", "ObjectEvent", "eventTime",
                     "2026-11-22T05:30:00Z", "eventTimeZoneOffset", "+00:00", "action", "OBSERVE",
                     "bizStep", "shipping", "epcList", "https://id.gs1.org/00/388012340000000117");
}

static void test_an_event_without_id_gets_the_same_one_each_time(void)
{
    g_autoptr(json_t) json = minimal();
    g_autoptr(PosEpcisEvent) once = pos_epcis_event_read(json, NULL);
    g_autoptr(PosEpcisEvent) again = pos_epcis_event_read(json, NULL);
    set_text(json, "bizStep", "receiving");
    g_autoptr(PosEpcisEvent) other = pos_epcis_event_read(json, NULL);
    g_assert_cmpstr(once->event_id, ==, again->event_id);
    g_assert_cmpstr(once->event_id, !=, other->event_id);
    g_assert_cmpstr(json_string_value(json_object_get(once->json, "eventID")), ==, once->event_id);
    g_assert_null(json_object_get(json, "eventID"));
}

static void test_hostile_events_get_a_reason(void)
{
    static const char *const rows[] = {
        "{\"type\":7}",
        "{\"type\":\"ObjectEvent\"}",
        "{\"type\":\"AggregationEvent\",\"parentID\":{},\"action\":\"ADD\"}",
        "{\"readPoint\":\"https://id.gs1.org/414/8801234000048\"}",
        "{\"readPoint\":{\"id\":7}}",
        "{\"epcList\":\"https://id.gs1.org/00/388012340000000117\"}",
        "{\"epcList\":[null]}",
        "{\"quantityList\":[7]}",
        "{\"quantityList\":[{\"epcClass\":\"https://id.gs1.org/01/08801234567893\",\"more\":1}]}",
        "{\"sensorElementList\":[{}]}",
        "{\"sensorElementList\":[{\"sensorReport\":[{\"value\":\"8.9\"}]}]}",
        "{\"sensorElementList\":[{\"sensorReport\":[{\"exception\":\"FIRE\"}]}]}",
        "{\"eventTimeZoneOffset\":\"+14:01\"}",
        "{\"eventID\":\"not a uri\"}",
        "{\"disposition\":\"urn:epcglobal:cbv:disp:active\"}",
        "{\"disposition\":\"tasty\"}",
        "{\"errorDeclaration\":{}}",
        "{\"errorDeclaration\":{\"declarationTime\":\"2026-11-22T05:30:00Z\",\"reason\":\"oops\"}}",
        "{\"bizTransactionList\":[{}]}",
        "{\"action\":\"REMOVE\"}",
        "{\"childEPCs\":[]}",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(json_t) json = minimal();
        g_autoptr(json_t) patch = json_loads(rows[i], 0, NULL);
        g_autoptr(GError) error = NULL;
        json_object_update(json, patch);
        if (i == 1) {
            json_object_clear(json);
            json_object_update(json, patch);
        }
        g_autoptr(PosEpcisEvent) event = pos_epcis_event_read(json, &error);
        g_test_message("%s: %s", rows[i], error != NULL ? error->message : "taken");
        g_assert_null(event);
        g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    }
    g_autoptr(json_t) many = minimal();
    json_t *list = json_array();
    for (int i = 0; i <= POS_EPCIS_ITEMS_MAX; i++) {
        json_array_append_new(list, json_string("https://id.gs1.org/00/388012340000000117"));
    }
    json_object_set_new(many, "epcList", list);
    g_autoptr(GError) error = NULL;
    g_assert_null(pos_epcis_event_read(many, &error));
    g_assert_error(error, POS_ERROR, POS_ERROR_INVALID);
    g_assert_null(pos_epcis_event_read(NULL, NULL));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/epcis/each_rule_has_its_verdict", test_each_rule_has_its_verdict);
    g_test_add_func("/pos/epcis/the_chain_is_read_whole", test_the_chain_is_read_whole);
    g_test_add_func("/pos/epcis/one_spelling", test_one_spelling);
    g_test_add_func("/pos/epcis/what_is_no_identifier", test_what_is_no_identifier);
    g_test_add_func("/pos/epcis/an_event_without_id_gets_the_same_one_each_time",
                    test_an_event_without_id_gets_the_same_one_each_time);
    g_test_add_func("/pos/epcis/hostile_events_get_a_reason", test_hostile_events_get_a_reason);
    return g_test_run();
}
