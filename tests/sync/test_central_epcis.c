/* SPDX-License-Identifier: GPL-3.0-or-later
 * Walking back through pallets and transformations, capture and its undoing, the lots of the feed; on a real database. */
#include "pos/epcis_id.h"
#include "sync/central_epcis.h"
#include "sync/central_epcis_query.h"
#include "tests/sync/central_fixture.h"

#include <string.h>

#define LOT "https://id.gs1.org/01/" APPLE "/10/A"
#define BOX "https://id.gs1.org/00/395212345000000019"
#define PALLET "https://id.gs1.org/00/395212345000000026"
#define JUICE "https://id.gs1.org/01/" GRAPE "/10/J"

/* One event at an hour of 2026-11-20, at the place 952123400001<place>. */
static json_t *event(const char *id, int hour, const char *step, int place)
{
    g_autofree char *at = g_strdup_printf("2026-11-20T%02d:00:00+09:00", hour);
    g_autofree char *point = g_strdup_printf("urn:epc:id:sgln:952123.40%04d.0", place);
    g_autofree char *event_id = g_strdup_printf("urn:test:%s", id);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:{s:s}}", "type", "ObjectEvent", "eventID",
                     event_id, "eventTime", at, "eventTimeZoneOffset", "+09:00", "action",
                     "OBSERVE", "bizStep", step, "readPoint", "id", point);
}

static json_t *of_class(json_t *json, const char *item)
{
    json_object_set_new(json, "quantityList",
                        json_pack("[{s:s, s:i}]", "epcClass", item, "quantity", 10));
    return json;
}

static json_t *of_unit(json_t *json, const char *item)
{
    json_object_set_new(json, "epcList", json_pack("[s]", item));
    return json;
}

static json_t *packed(json_t *json, const char *action, const char *parent, const char *child)
{
    json_object_set_new(json, "type", json_string("AggregationEvent"));
    json_object_set_new(json, "action", json_string(action));
    json_object_set_new(json, "parentID", json_string(parent));
    if (child != NULL && strstr(child, "/00/") != NULL) {
        json_object_set_new(json, "childEPCs", json_pack("[s]", child));
    } else if (child != NULL) {
        json_object_set_new(json, "childQuantityList",
                            json_pack("[{s:s, s:i}]", "epcClass", child, "quantity", 10));
    }
    return json;
}

static json_t *made(json_t *json, const char *from, const char *to)
{
    json_object_set_new(json, "type", json_string("TransformationEvent"));
    json_object_del(json, "action");
    json_object_set_new(json, "inputQuantityList",
                        json_pack("[{s:s, s:i}]", "epcClass", from, "quantity", 5));
    json_object_set_new(json, "outputQuantityList",
                        json_pack("[{s:s, s:i}]", "epcClass", to, "quantity", 1));
    return json;
}

/* A farm's apples in a box, the box on a pallet; unpacked, then partly pressed. */
static json_t *chain(void)
{
    json_t *list = json_array();
    json_array_append_new(list, of_class(event("farm", 5, "commissioning", 1), LOT));
    json_array_append_new(list, of_unit(event("box-before", 5, "storing", 9), BOX));
    json_array_append_new(list, packed(event("box", 6, "packing", 1), "ADD", BOX, LOT));
    json_array_append_new(list, packed(event("pallet", 7, "packing", 2), "ADD", PALLET, BOX));
    json_array_append_new(list, of_unit(event("truck", 8, "shipping", 2), PALLET));
    json_array_append_new(list, of_unit(event("dock", 9, "receiving", 3), PALLET));
    json_array_append_new(list,
                          packed(event("unload", 10, "unpacking", 3), "DELETE", PALLET, NULL));
    json_array_append_new(list, of_unit(event("pallet-after", 11, "shipping", 8), PALLET));
    json_array_append_new(list, of_unit(event("box-in", 12, "receiving", 4), BOX));
    json_array_append_new(list, packed(event("unbox", 13, "unpacking", 4), "DELETE", BOX, LOT));
    json_array_append_new(list, of_unit(event("box-empty", 14, "shipping", 7), BOX));
    json_array_append_new(list, made(event("press", 15, "repackaging", 4), LOT, JUICE));
    json_array_append_new(list, of_class(event("shelf", 16, "stocking", 4), LOT));
    json_array_append_new(list, of_class(event("bottle", 17, "stocking", 5), JUICE));
    return list;
}

static void capture(Central *central, const char *supplier, json_t *events, bool proceed,
                    CentralCapture *out)
{
    g_autoptr(GError) error = NULL;
    bool ok = central_epcis_capture(central->store, supplier, events, proceed, FIXTURE_NOW_MS, out,
                                    &error);
    g_assert_no_error(error);
    g_assert_true(ok);
    g_autofree char *faults = json_dumps(out->errors, JSON_COMPACT);
    g_test_message("%s", faults);
}

/* The ids of a lot's way without their common start, joined. */
static char *way_of(Central *central, const char *gtin, const char *lot)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) events = central_epcis_events_of_lot(central->store, gtin, lot, &error);
    g_assert_no_error(error);
    GString *way = g_string_new("");
    for (guint i = 0; i < events->len; i++) {
        const PosEpcisEvent *each = g_ptr_array_index(events, i);
        g_string_append_printf(way, "%s%s", i > 0 ? " " : "", each->event_id + strlen("urn:test:"));
    }
    return g_string_free(way, FALSE);
}

static void a_lot_is_walked_back_through_what_it_was_in(void)
{
    Central central;
    g_auto(CentralCapture) result = {0};
    g_autoptr(json_t) events = chain();
    central_fixture_open(&central);
    capture(&central, "farm", events, false, &result);
    g_assert_true(result.success);
    g_assert_cmpuint(result.added, ==, 14);
    g_autofree char *apples = way_of(&central, APPLE, "A");
    g_assert_cmpstr(apples, ==, "farm box pallet truck dock unload box-in unbox shelf");
    g_autofree char *juice = way_of(&central, GRAPE, "J");
    g_assert_cmpstr(juice, ==, "farm box pallet truck dock unload box-in unbox press bottle");
    g_autofree char *nothing = way_of(&central, APPLE, "B");
    g_assert_cmpstr(nothing, ==, "");
    central_fixture_close(&central);
}

/* A box in a box in itself, and a lot made of itself. */
static void circles_end(void)
{
    Central central;
    g_auto(CentralCapture) result = {0};
    g_autoptr(json_t) events = json_array();
    json_array_append_new(events, packed(event("a", 5, "packing", 1), "ADD", BOX, LOT));
    json_array_append_new(events, packed(event("b", 6, "packing", 1), "ADD", PALLET, BOX));
    json_array_append_new(events, packed(event("c", 7, "packing", 1), "ADD", BOX, PALLET));
    json_array_append_new(events, made(event("d", 8, "repackaging", 1), JUICE, LOT));
    json_array_append_new(events, made(event("e", 7, "repackaging", 1), LOT, JUICE));
    central_fixture_open(&central);
    capture(&central, "farm", events, false, &result);
    g_assert_true(result.success);
    g_autofree char *way = way_of(&central, APPLE, "A");
    g_assert_cmpstr(way, ==, "a b c e d");
    central_fixture_close(&central);
}

static void sent_again_withdrawn_and_in_conflict(void)
{
    Central central;
    g_auto(CentralCapture) first = {0}, again = {0}, taken_back = {0}, changed = {0}, foreign = {0};
    g_autoptr(json_t) events = chain();
    central_fixture_open(&central);
    capture(&central, "farm", events, false, &first);
    capture(&central, "farm", events, false, &again);
    g_assert_true(again.success);
    g_assert_cmpuint(again.added, ==, 0);
    g_assert_cmpuint(again.same, ==, 14);

    g_autoptr(json_t) wrong = json_deep_copy(json_array_get(events, 4));
    g_autoptr(json_t) one = json_pack("[O]", wrong);
    json_object_set_new(wrong, "bizStep", json_string("receiving"));
    capture(&central, "farm", one, false, &changed);
    g_assert_false(changed.success);
    g_assert_cmpuint(changed.refused, ==, 1);

    json_object_set_new(wrong, "bizStep", json_string("shipping"));
    json_object_set_new(wrong, "errorDeclaration",
                        json_pack("{s:s, s:s}", "declarationTime", "2026-11-21T09:00:00+09:00",
                                  "reason", "did_not_occur"));
    capture(&central, "stranger", one, false, &foreign);
    g_assert_false(foreign.success);
    capture(&central, "farm", one, false, &taken_back);
    g_assert_true(taken_back.success);
    g_assert_cmpuint(taken_back.withdrawn, ==, 1);
    g_autofree char *way = way_of(&central, APPLE, "A");
    g_assert_cmpstr(way, ==, "farm box pallet dock unload box-in unbox shelf");
    central_fixture_close(&central);
}

static void one_wrong_event_undoes_all_unless_the_rest_is_wanted(void)
{
    Central central;
    g_auto(CentralCapture) rolled_back = {0}, taken = {0};
    g_autoptr(json_t) events = chain();
    json_object_set_new(json_array_get(events, 3), "bizStep", json_string("harvesting"));
    central_fixture_open(&central);
    capture(&central, "farm", events, false, &rolled_back);
    g_assert_false(rolled_back.success);
    g_assert_cmpuint(rolled_back.added, ==, 0);
    g_assert_cmpint(
        json_integer_value(json_object_get(json_array_get(rolled_back.errors, 0), "event")), ==, 3);
    g_autofree char *nothing = way_of(&central, APPLE, "A");
    g_assert_cmpstr(nothing, ==, "");
    capture(&central, "farm", events, true, &taken);
    g_assert_true(taken.success);
    g_assert_cmpuint(taken.added, ==, 13);
    g_assert_cmpuint(taken.refused, ==, 1);
    central_fixture_close(&central);
}

static json_t *lot_in_feed(Central *central, const char *key)
{
    return central_store_feed_value(central->store, "1", "lot", key, NULL);
}

static void set_lot(Central *central, const char *key, json_t *value)
{
    g_autoptr(GError) error = NULL;
    CentralChange change = {"lot", key, value};
    g_assert_true(central_store_publish(central->store, "1", &change, 1, NULL, &error));
    json_decref(value);
}

static json_t *warm_truck(void)
{
    json_t *json = of_unit(event("warm", 8, "sensor_reporting", 2), PALLET);
    json_object_set_new(json, "sensorElementList",
                        json_pack("[{s:[{s:s, s:f, s:s, s:s}]}]", "sensorReport", "type",
                                  "Temperature", "value", 12.5, "uom", "CEL", "exception",
                                  "ALARM_CONDITION"));
    return json;
}

static void the_feeds_lots_follow(void)
{
    Central central;
    g_auto(CentralCapture) result = {0}, warm = {0}, taken_back = {0};
    g_autoptr(json_t) events = chain(), truck = json_pack("[o]", warm_truck());
    json_object_set_new(json_array_get(events, 0), "action", json_string("ADD"));
    json_object_set_new(json_array_get(events, 0), "ilmd",
                        json_pack("{s:s, s:s}", "cbvmda:countryOfOrigin", "KR",
                                  "cbvmda:bestBeforeDate", "2026-11-29"));
    central_fixture_open(&central);
    set_lot(&central, APPLE "/A", json_pack("{s:s}", "received", "2026-11-20"));
    set_lot(&central, GRAPE "/J", json_pack("{s:s}", "use_by", "2026-11-25"));
    capture(&central, "farm", events, false, &result);
    g_autoptr(json_t) apples = lot_in_feed(&central, APPLE "/A");
    g_assert_cmpuint(json_array_size(json_object_get(apples, "route")), ==, 9);
    g_assert_cmpstr(json_string_value(json_object_get(apples, "best_before")), ==, "2026-11-29");
    g_assert_cmpstr(json_string_value(json_object_get(apples, "origin_country")), ==, "KR");
    g_assert_cmpstr(json_string_value(json_object_get(apples, "cold_chain")), ==, "ok");

    /* A sensor on the pallet reaches the lot in the box on it, and what was made of it. */
    capture(&central, "truck", truck, false, &warm);
    g_autoptr(json_t) broken = lot_in_feed(&central, APPLE "/A");
    g_autoptr(json_t) juice = lot_in_feed(&central, GRAPE "/J");
    g_assert_cmpstr(json_string_value(json_object_get(broken, "cold_chain")), ==, "broken");
    g_assert_cmpstr(json_string_value(json_object_get(juice, "cold_chain")), ==, "broken");
    g_assert_null(json_object_get(juice, "best_before")); /* the apples' date is not the juice's */
    g_assert_cmpstr(json_string_value(json_object_get(juice, "use_by")), ==, "2026-11-25");

    json_object_set_new(json_array_get(truck, 0), "errorDeclaration",
                        json_pack("{s:s}", "declarationTime", "2026-11-21T09:00:00+09:00"));
    capture(&central, "truck", truck, false, &taken_back);
    g_autoptr(json_t) healed = lot_in_feed(&central, APPLE "/A");
    g_assert_true(json_equal(healed, apples));
    central_fixture_close(&central);
}

static void queries_are_read_strictly(void)
{
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {NULL, true},
        {"", true},
        {"MATCH_anyEPCClass=https%3A%2F%2Fshop.example%2F01%2F" APPLE "%2F10%2FA", true},
        {"MATCH_anyEPC=[\"urn:x:1\",\"urn:x:2\"]&EQ_bizStep=packing|shipping", true},
        {"GE_eventTime=2026-11-20T00:00:00+09:00&LT_eventTime=2026-11-21T00:00:00Z&perPage=2",
         true},
        {"nextPageToken=17.dXJuOng6MQ==", true},
        {"GE_eventTime=yesterday", false},
        {"perPage=0", false},
        {"perPage=many", false},
        {"MATCH_anyEPC=", false},
        {"MATCH_anyEPC=apples", false},
        {"MATCH_anyEPC=[1]", false},
        {"EQ_weather=rain", false},
        {"nextPageToken=x", false},
        {"nextPageToken=17.", false},
        {"EQ_bizStep=%ff", false},
        {"orderBy=taste", false},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(CentralEpcisQuery) query = {0};
        g_autoptr(GError) error = NULL;
        g_test_message("%s", rows[i].text);
        g_assert_cmpint(central_epcis_query_read(rows[i].text, &query, &error), ==, rows[i].good);
        g_assert_cmpint(error == NULL, ==, rows[i].good);
    }
}

static guint count_matches(const char *text, const json_t *events)
{
    g_auto(CentralEpcisQuery) query = {0};
    guint count = 0;
    size_t i;
    json_t *json;
    g_assert_true(central_epcis_query_read(text, &query, NULL));
    json_array_foreach((json_t *)events, i, json)
    {
        g_autoptr(PosEpcisEvent) each = pos_epcis_event_read(json, NULL);
        count += central_epcis_query_matches(&query, each, FIXTURE_NOW_MS);
    }
    return count;
}

static void queries_match_by_and_of_ors(void)
{
    g_autoptr(json_t) events = chain();
    static const struct {
        const char *text;
        guint count;
    } rows[] = {
        {"", 14},
        {"MATCH_anyEPCClass=" LOT, 5},
        {"MATCH_epcClass=" LOT, 4},
        {"MATCH_inputEPCClass=" LOT, 1},
        {"MATCH_anyEPC=" BOX "|" PALLET, 10},
        {"MATCH_epc=" PALLET, 3},
        {"MATCH_parentID=" PALLET, 2},
        {"MATCH_parentID=" PALLET "&EQ_action=DELETE", 1},
        {"eventType=TransformationEvent", 1},
        {"EQ_bizStep=packing&EQ_bizStep=unpacking", 4},
        {"EQ_readPoint=urn:epc:id:sgln:952123.400004.0", 4},
        {"LT_eventTime=2026-11-20T06:00:00%2B09:00", 2},
        {"GE_recordTime=2030-01-01T00:00:00Z", 0},
        {"EQ_type=Temperature", 0},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("%s", rows[i].text);
        g_assert_cmpuint(count_matches(rows[i].text, events), ==, rows[i].count);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sync/central_epcis/a_lot_is_walked_back_through_what_it_was_in",
                    a_lot_is_walked_back_through_what_it_was_in);
    g_test_add_func("/sync/central_epcis/circles_end", circles_end);
    g_test_add_func("/sync/central_epcis/sent_again_withdrawn_and_in_conflict",
                    sent_again_withdrawn_and_in_conflict);
    g_test_add_func("/sync/central_epcis/one_wrong_event_undoes_all_unless_the_rest_is_wanted",
                    one_wrong_event_undoes_all_unless_the_rest_is_wanted);
    g_test_add_func("/sync/central_epcis/the_feeds_lots_follow", the_feeds_lots_follow);
    g_test_add_func("/sync/central_epcis/queries_are_read_strictly", queries_are_read_strictly);
    g_test_add_func("/sync/central_epcis/queries_match_by_and_of_ors", queries_match_by_and_of_ors);
    return g_test_run();
}
