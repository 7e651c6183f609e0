/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reads data/demo and makes the demo store of it in one transaction. What the files mean: data/demo/README.md. */
#include "sync/central_demo.h"

#include "pos/date.h"
#include "pos/error.h"
#include "pos/offer.h"
#include "sync/central_epcis.h"
#include "sync/central_route.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define DEMO_FILE_BYTES_MAX (4 * 1024 * 1024)
#define DAY_MS (24LL * 60 * 60 * 1000)

typedef struct {
    CentralStore *store;
    json_t *shop, *products, *lots, *places, *routes; /* owned: the files */
    const char *store_id;                             /* borrowed from shop */
    GTimeZone *zone;
    PosDate today;
    int64_t now_ms;
    char *now;                                 /* RFC 3339 in the shop's zone */
    json_t *places_value;                      /* the setting `places`, owned */
    GHashTable *product_by_gtin, *place_by_id; /* borrowed values */
    GArray *changes; /* of CentralChange with owned strings and values, freed together */
    gint64 sscc_next;
} Demo;

static void demo_clear(Demo *demo)
{
    json_decref(demo->shop);
    json_decref(demo->products);
    json_decref(demo->lots);
    json_decref(demo->places);
    json_decref(demo->routes);
    json_decref(demo->places_value);
    g_clear_pointer(&demo->zone, g_time_zone_unref);
    g_free(demo->now);
    g_clear_pointer(&demo->product_by_gtin, g_hash_table_unref);
    g_clear_pointer(&demo->place_by_id, g_hash_table_unref);
    for (guint i = 0; demo->changes != NULL && i < demo->changes->len; i++) {
        CentralChange *change = &g_array_index(demo->changes, CentralChange, i);
        g_free((char *)change->key);
        json_decref((json_t *)change->value);
    }
    g_clear_pointer(&demo->changes, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Demo, demo_clear)

static json_t *load_file(const char *data_dir, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(data_dir, name, NULL);
    g_autofree char *text = NULL;
    gsize length = 0;
    if (!g_file_get_contents(path, &text, &length, error)) {
        g_prefix_error(error, "The demo store cannot be made: ");
        return NULL;
    }
    g_autoptr(GError) why = NULL;
    json_t *value = pos_json_parse_object(text, length, DEMO_FILE_BYTES_MAX, &why);
    if (value == NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    "The demo store cannot be made: %s is not valid JSON (%s)", path, why->message);
    }
    return value;
}

static void change_add(Demo *demo, const char *kind, char *key_owned, json_t *value_owned)
{
    CentralChange change = {.kind = kind, .key = key_owned, .value = value_owned};
    g_array_append_val(demo->changes, change);
}

static bool load(Demo *demo, const char *data_dir, GError **error)
{
    struct {
        const char *name;
        json_t **into;
    } files[] = {{"store.json", &demo->shop},
                 {"products.json", &demo->products},
                 {"lots.json", &demo->lots},
                 {"places.json", &demo->places},
                 {"routes.json", &demo->routes}};
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        *files[i].into = load_file(data_dir, files[i].name, error);
        if (*files[i].into == NULL) {
            return false;
        }
    }
    const char *zone = NULL;
    if (!pos_json_get_string(demo->shop, "id", 32, "store.json", &demo->store_id, error) ||
        !pos_json_get_string(json_object_get(demo->shop, "store"), "time_zone", 64,
                             "store.json, store", &zone, error)) {
        return false;
    }
    demo->zone = g_time_zone_new_identifier(zone);
    if (demo->zone == NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    "The time zone %s of store.json is not known on this machine; install tzdata",
                    zone);
        return false;
    }
    demo->today = pos_date_of_instant(demo->now_ms, demo->zone);
    demo->now = pos_instant_format(demo->now_ms, demo->zone);
    return true;
}

/* --- settings, operators ---------------------------------------------------------------------------- */

static void add_places(Demo *demo)
{
    json_t *list = json_object();
    size_t i;
    json_t *place;
    json_array_foreach(json_object_get(demo->places, "places"), i, place)
    {
        const char *id = json_string_value(json_object_get(place, "id"));
        const char *gln = json_string_value(json_object_get(place, "gln"));
        if (id == NULL || gln == NULL) {
            continue;
        }
        g_hash_table_insert(demo->place_by_id, (char *)id, place);
        json_object_set(list, gln, place);
    }
    demo->places_value = json_pack("{s:o}", "list", list);
    change_add(demo, "setting", g_strdup("places"), json_incref(demo->places_value));
}

static bool add_operators(Demo *demo, GError **error)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(demo->shop, "operators"), i, row)
    {
        const char *id = NULL, *name = NULL, *role = NULL, *pin = NULL;
        if (!pos_json_get_string(row, "id", 32, "store.json, operators", &id, error) ||
            !pos_json_get_string(row, "name", POS_BOUND_NAME_BYTES, id, &name, error) ||
            !pos_json_get_string(row, "role", 16, id, &role, error) ||
            !pos_json_get_string(row, "pin", POS_BOUND_PIN_BYTES, id, &pin, error)) {
            return false;
        }
        char hash[crypto_pwhash_STRBYTES];
        if (crypto_pwhash_str(hash, pin, strlen(pin), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0) {
            g_set_error(error, POS_ERROR, POS_ERROR_FAILED,
                        "There is not enough memory to store the PIN of operator %s", id);
            return false;
        }
        change_add(demo, "operator", g_strdup(id),
                   json_pack("{s:s, s:s, s:s}", "name", name, "role", role, "pin", hash));
    }
    return true;
}

/* --- products and their list prices ------------------------------------------------------------------ */

static json_t *price_value(const Demo *demo, const json_t *product, const char *why)
{
    json_t *list_price = json_object_get(product, "list_price");
    return json_pack("{s:O, s:s, s:s, s:O, s:O, s:O, s:O, s:[], s:[]}", "price", list_price,
                     "effective_at", demo->now, "why", why, "list_price", list_price, "floor",
                     json_object_get(product, "floor"), "ceiling",
                     json_object_get(product, "ceiling"), "prior_price", list_price, "next",
                     "recent");
}

static bool add_products(Demo *demo, GError **error)
{
    const char *language =
        json_string_value(json_object_get(json_object_get(demo->shop, "store"), "language"));
    const char *why = json_string_value(json_object_get(demo->shop, "list_price_why"));
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(demo->products, "products"), i, row)
    {
        const char *gtin = NULL;
        int64_t money;
        if (!pos_json_get_string(row, "gtin", 14, "products.json", &gtin, error) ||
            !pos_json_get_int(row, "list_price", 1, POS_BOUND_AMOUNT_MINOR_MAX, gtin, &money,
                              error) ||
            !pos_json_get_int(row, "floor", 1, money, gtin, &(int64_t){0}, error) ||
            !pos_json_get_int(row, "ceiling", money, POS_BOUND_AMOUNT_MINOR_MAX, gtin,
                              &(int64_t){0}, error)) {
            return false;
        }
        g_hash_table_insert(demo->product_by_gtin, (char *)gtin, row);
        json_t *value = json_copy(row);
        static const char *const not_the_products[] = {"gtin", "list_price", "floor", "ceiling"};
        for (gsize k = 0; k < G_N_ELEMENTS(not_the_products); k++) {
            json_object_del(value, not_the_products[k]);
        }
        json_t *name =
            json_object_get(json_object_get(row, "names"), language != NULL ? language : "en");
        if (json_is_string(name)) {
            json_object_set(value, "name", name);
        }
        g_autoptr(PosProduct) parsed = pos_product_from_json(gtin, value, error);
        change_add(demo, "product", g_strdup(gtin), value);
        if (parsed == NULL) {
            return false;
        }
        change_add(demo, "price", g_strdup(gtin),
                   price_value(demo, row, why != NULL ? why : "list price"));
    }
    return true;
}

/* {"key":"soda","names":{…},"gtins":[…],"need":3,"pay":2}: read by the tills' own reader first. */
static bool add_offers(Demo *demo, GError **error)
{
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(demo->shop, "offers"), i, row)
    {
        const char *key = NULL;
        if (!pos_json_get_string(row, "key", 32, "store.json", &key, error)) {
            return false;
        }
        json_t *value = json_copy(row);
        json_object_del(value, "key");
        g_autoptr(PosOffer) offer = pos_offer_from_json(key, value, error);
        change_add(demo, "offer", g_strdup(key), value);
        if (offer == NULL) {
            return false;
        }
    }
    return true;
}

/* --- lots and their EPCIS events ---------------------------------------------------------------------- */

typedef struct {
    const json_t *row;
    const char *gtin;
    char lot[POS_BOUND_LOT_BYTES + 1];
    PosDate received;
    const json_t *product, *origin;
    int64_t delivered;
    bool by_weight;
    char sscc[19];
} DemoLot;

/* A stable id: the same store made twice on one day has the same events. */
static char *event_id(const Demo *demo, const DemoLot *lot, size_t index)
{
    g_autofree char *name = g_strdup_printf(
        "%s/%s/%s/%zu", json_string_value(json_object_get(demo->shop, "event_namespace")),
        lot->gtin, lot->lot, index);
    g_autofree char *hex = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);
    hex[12] = '8'; /* RFC 9562 version 8: an own scheme */
    hex[16] = 'a';
    return g_strdup_printf("urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
                           hex + 20);
}

static json_t *quantity_list(const DemoLot *lot)
{
    g_autofree char *link = g_strdup_printf("https://id.gs1.org/01/%s/10/%s", lot->gtin, lot->lot);
    json_t *quantity =
        json_pack("{s:s, s:I}", "epcClass", link, "quantity", (json_int_t)lot->delivered);
    if (lot->by_weight) {
        json_object_set_new(quantity, "uom", json_string("GRM"));
    }
    return json_pack("[o]", quantity);
}

static json_t *sensor_list(const Demo *demo, const json_t *step, const DemoLot *lot, const char *at,
                           bool last_sensor)
{
    json_t *metadata = json_pack("{s:s, s:s}", "time", at, "deviceID", "urn:coster:logger:1");
    json_t *reports =
        json_pack("[{s:s, s:f, s:f, s:s}]", "type", "Temperature", "minValue",
                  (double)json_integer_value(json_object_get(step, "min_dc")) / 10.0, "maxValue",
                  (double)json_integer_value(json_object_get(step, "max_dc")) / 10.0, "uom", "CEL");
    json_t *alarm = json_object_get(lot->row, "alarm_dc");
    if (alarm != NULL && last_sensor) {
        json_array_append_new(reports,
                              json_pack("{s:s, s:f, s:s, s:s, s:s}", "type", "Temperature", "value",
                                        (double)json_integer_value(alarm) / 10.0, "time", at, "uom",
                                        "CEL", "exception", "ALARM_CONDITION"));
    }
    return json_pack("[{s:o, s:o}]", "sensorMetadata", metadata, "sensorReport", reports);
}

static void fill_event(Demo *demo, json_t *event, const json_t *step, const DemoLot *lot,
                       const char *at, bool last_sensor)
{
    const char *name = json_string_value(json_object_get(step, "step"));
    g_autofree char *pallet = g_strdup_printf("https://id.gs1.org/00/%s", lot->sscc);
    const char *type = "ObjectEvent", *action = "OBSERVE", *disposition = "in_transit";
    if (strcmp(name, "commissioning") == 0) {
        action = "ADD";
        disposition = "active";
        json_object_set_new(event, "quantityList", quantity_list(lot));
        g_autofree char *harvested = pos_date_format(pos_date_add_days(
            lot->received, (int)json_integer_value(json_object_get(step, "day"))));
        json_object_set_new(event, "ilmd",
                            json_pack("{s:s, s:s, s:O}", "cbvmda:lotNumber", lot->lot,
                                      "cbvmda:harvestEndDate", harvested, "cbvmda:countryOfOrigin",
                                      json_object_get(lot->origin, "country")));
    } else if (strcmp(name, "packing") == 0 || strcmp(name, "unpacking") == 0) {
        bool packing = *name == 'p';
        type = "AggregationEvent";
        action = packing ? "ADD" : "DELETE";
        disposition = "in_progress";
        json_object_set_new(event, "parentID", json_string(pallet));
        json_object_set_new(event, "childQuantityList", quantity_list(lot));
    } else if (strcmp(name, "stocking") == 0) {
        disposition = "sellable_accessible";
        json_object_set_new(event, "quantityList", quantity_list(lot));
    } else if (strcmp(name, "sensor_reporting") == 0) {
        disposition = NULL;
        json_object_set_new(event, "epcList", json_pack("[s]", pallet));
        json_object_set_new(event, "sensorElementList",
                            sensor_list(demo, step, lot, at, last_sensor));
    } else {
        disposition = strcmp(name, "receiving") == 0 ? "in_progress" : "in_transit";
        json_object_set_new(event, "epcList", json_pack("[s]", pallet));
    }
    json_object_set_new(event, "type", json_string(type));
    json_object_set_new(event, "action", json_string(action));
    json_object_set_new(event, "bizStep", json_string(name));
    if (disposition != NULL) {
        json_object_set_new(event, "disposition", json_string(disposition));
    }
}

/* Unix ms of a local time of day on a date in the shop's zone. */
static int64_t instant_of(const Demo *demo, PosDate date, const char *hh_mm)
{
    int year, month, day;
    pos_date_to_ymd(date, &year, &month, &day);
    int hour = hh_mm != NULL && strlen(hh_mm) == 5 ? (int)g_ascii_strtoll(hh_mm, NULL, 10) : 0;
    int minute =
        hh_mm != NULL && strlen(hh_mm) == 5 ? (int)g_ascii_strtoll(hh_mm + 3, NULL, 10) : 0;
    g_autoptr(GDateTime) local = g_date_time_new(demo->zone, year, month, day, hour, minute, 0);
    return local != NULL ? g_date_time_to_unix(local) * 1000 : demo->now_ms;
}

/* Stores the events of a lot and returns its route; NULL and error on failure. */
static json_t *add_events(Demo *demo, const DemoLot *lot, GError **error)
{
    const json_t *steps =
        json_object_get(demo->routes, json_string_value(json_object_get(lot->row, "route")));
    size_t count = json_array_size(steps), last_sensor = count;
    int64_t last_ms = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *step = json_array_get(steps, i);
        if (g_strcmp0(json_string_value(json_object_get(step, "step")), "sensor_reporting") == 0) {
            last_sensor = i;
        }
        last_ms = instant_of(
            demo,
            pos_date_add_days(lot->received, (int)json_integer_value(json_object_get(step, "day"))),
            json_string_value(json_object_get(step, "time")));
    }
    /* A store made before breakfast: what came today came a day earlier, nothing is in the future. */
    int64_t shift_ms = last_ms > demo->now_ms ? DAY_MS : 0;
    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
    for (size_t i = 0; i < count; i++) {
        const json_t *step = json_array_get(steps, i);
        const char *place = json_string_value(json_object_get(step, "place"));
        const json_t *at_place = g_strcmp0(place, "origin") == 0
                                     ? lot->origin
                                     : g_hash_table_lookup(demo->place_by_id, place);
        int64_t at_ms =
            instant_of(demo,
                       pos_date_add_days(lot->received,
                                         (int)json_integer_value(json_object_get(step, "day"))),
                       json_string_value(json_object_get(step, "time"))) -
            shift_ms;
        g_autofree char *at = pos_instant_format(at_ms, demo->zone);
        g_autofree char *id = event_id(demo, lot, i);
        g_autofree char *read_point = g_strdup_printf(
            "https://id.gs1.org/414/%s", json_string_value(json_object_get(at_place, "gln")));
        json_t *event =
            json_pack("{s:s, s:s, s:s, s:{s:s}}", "eventID", id, "eventTime", at,
                      "eventTimeZoneOffset", at + strlen(at) - 6, "readPoint", "id", read_point);
        g_ptr_array_add(events, event);
        fill_event(demo, event, step, lot, at, i == last_sensor);
        CentralEpcisOutcome outcome;
        g_autoptr(PosEpcisEvent) read = pos_epcis_event_read(event, error);
        if (read == NULL || !central_store_epcis_add(demo->store, CENTRAL_EPCIS_OWN, read,
                                                     demo->now_ms, &outcome, error)) {
            return NULL;
        }
    }
    return central_route_of_events(events, demo->places_value);
}

static void add_date(const Demo *demo, const json_t *row, const char *offset_key, json_t *value,
                     const char *key)
{
    json_t *offset = json_object_get(row, offset_key);
    if (json_is_integer(offset)) {
        g_autofree char *date =
            pos_date_format(pos_date_add_days(demo->today, (int)json_integer_value(offset)));
        json_object_set_new(value, key, json_string(date));
    }
}

/* SSCC: extension digit and company prefix from the data, a serial, the check digit (GS1 GenSpecs 7.9). */
static void next_sscc(Demo *demo, char out[19])
{
    const char *prefix = json_string_value(json_object_get(demo->shop, "sscc_prefix"));
    int width = 17 - (int)strlen(prefix);
    char digits[18];
    g_snprintf(digits, sizeof digits, "%s%0*" G_GINT64_FORMAT, prefix, width, demo->sscc_next++);
    int sum = 0;
    for (int i = 0; i < 17; i++) {
        sum += (digits[i] - '0') * (i % 2 == 0 ? 3 : 1);
    }
    g_snprintf(out, 19, "%s%d", digits, (10 - sum % 10) % 10);
}

static bool lot_read(Demo *demo, const json_t *row, DemoLot *lot, GError **error)
{
    const char *suffix = NULL, *origin = NULL;
    int64_t received;
    *lot = (DemoLot){.row = row};
    if (!pos_json_get_string(row, "gtin", 14, "lots.json", &lot->gtin, error) ||
        !pos_json_get_string(row, "suffix", 4, lot->gtin, &suffix, error) ||
        !pos_json_get_string(row, "origin", 64, lot->gtin, &origin, error) ||
        !pos_json_get_int(row, "received_day", -3650, 0, lot->gtin, &received, error) ||
        !pos_json_get_int(row, "delivered", 0, POS_BOUND_AMOUNT_MINOR_MAX, lot->gtin,
                          &lot->delivered, error)) {
        return false;
    }
    lot->product = g_hash_table_lookup(demo->product_by_gtin, lot->gtin);
    lot->origin = g_hash_table_lookup(demo->place_by_id, origin);
    if (lot->product == NULL || lot->origin == NULL) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    "lots.json names the product %s from %s, which is not in products.json or "
                    "places.json",
                    lot->gtin, origin);
        return false;
    }
    lot->by_weight = g_strcmp0(json_string_value(json_object_get(lot->product, "unit")), "g") == 0;
    lot->received = pos_date_add_days(demo->today, (int)received);
    int year, month, day;
    pos_date_to_ymd(lot->received, &year, &month, &day);
    g_snprintf(lot->lot, sizeof lot->lot, "L%04d%02d%02d%s", year, month, day, suffix);
    next_sscc(demo, lot->sscc);
    return true;
}

static bool add_lot(Demo *demo, const json_t *row, GError **error)
{
    DemoLot lot;
    if (!lot_read(demo, row, &lot, error)) {
        return false;
    }
    json_t *route = add_events(demo, &lot, error);
    if (route == NULL) {
        return false;
    }
    g_autofree char *received = pos_date_format(lot.received);
    const char *cold_chain = json_object_get(row, "alarm_dc") != NULL ? "broken" : "ok";
    json_t *value = json_pack("{s:o, s:s, s:s, s:I, s:s, s:O}", "route", route, "received",
                              received, "cold_chain", cold_chain, "delivered",
                              (json_int_t)lot.delivered, "unit", lot.by_weight ? "g" : "each",
                              "origin_country", json_object_get(lot.origin, "country"));
    json_t *origin = json_object_get(lot.origin, "origin");
    json_object_set(value, "origin",
                    json_is_object(origin) ? origin : json_object_get(lot.origin, "names"));
    add_date(demo, row, "best_before_day", value, "best_before");
    add_date(demo, row, "use_by_day", value, "use_by");
    g_autofree char *key = g_strdup_printf("%s/%s", lot.gtin, lot.lot);
    g_autoptr(PosLot) parsed = pos_lot_from_json(lot.gtin, lot.lot, value, error);
    change_add(demo, "lot", g_strdup(key), value);
    if (parsed == NULL) {
        return false;
    }
    json_t *recall = json_object_get(row, "recall");
    if (recall != NULL) {
        json_t *recalled = json_copy(recall);
        json_object_set_new(recalled, "status", json_string("recalled"));
        json_object_set_new(recalled, "since", json_string(demo->now));
        change_add(demo, "recall", g_strdup(key), recalled);
    }
    PosQuantity quantity =
        lot.by_weight ? pos_quantity_grams(lot.delivered) : pos_quantity_each(lot.delivered);
    return central_store_receive(demo->store, demo->store_id, lot.gtin, lot.lot, quantity, error);
}

static bool make(Demo *demo, GError **error)
{
    if (!central_store_add_store(demo->store, demo->store_id, json_object_get(demo->shop, "store"),
                                 error)) {
        return false;
    }
    add_places(demo);
    change_add(demo, "setting", g_strdup("pricing"),
               json_incref(json_object_get(demo->shop, "pricing")));
    change_add(demo, "setting", g_strdup("tares"),
               json_incref(json_object_get(demo->shop, "tares")));
    change_add(demo, "setting", g_strdup("departments"),
               json_pack("{s:O}", "list", json_object_get(demo->shop, "departments")));
    change_add(demo, "setting", g_strdup("categories"),
               json_pack("{s:O}", "list", json_object_get(demo->shop, "categories")));
    if (!add_operators(demo, error) || !add_products(demo, error) || !add_offers(demo, error)) {
        return false;
    }
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(demo->lots, "lots"), i, row)
    {
        if (!add_lot(demo, row, error)) {
            return false;
        }
    }
    return central_store_publish(demo->store, demo->store_id,
                                 (const CentralChange *)(void *)demo->changes->data,
                                 demo->changes->len, NULL, error);
}

bool central_demo_load(CentralStore *store, const char *data_dir, int64_t now_ms, GError **error)
{
    g_auto(Demo) demo = {.store = store, .now_ms = now_ms, .sscc_next = 1};
    demo.changes = g_array_new(FALSE, FALSE, sizeof(CentralChange));
    demo.product_by_gtin = g_hash_table_new(g_str_hash, g_str_equal);
    demo.place_by_id = g_hash_table_new(g_str_hash, g_str_equal);
    if (!load(&demo, data_dir, error) || !central_store_begin(store, error)) {
        return false;
    }
    if (!make(&demo, error)) {
        central_store_rollback(store);
        return false;
    }
    return central_store_commit(store, error);
}
