/* SPDX-License-Identifier: GPL-3.0-or-later
 * An event is checked member by member against tables: which members a type has, what each must look like. The
 * identifiers are gathered on the way. */
#include "pos/epcis.h"

#include <string.h>

#include "pos/bounds.h"
#include "pos/date.h"
#include "pos/epcis_id.h"
#include "pos/epcis_private.h"
#include "pos/error.h"

#define DOCUMENT_VERSION "2.0"
#define CBV "https://ref.gs1.org/cbv/"

/* Which type of event may have a member: bits in the order of `types`. */
enum {
    OBJECT = 1,
    AGGREGATION = 2,
    TRANSACTION = 4,
    TRANSFORMATION = 8,
    ASSOCIATION = 16,
    ALL = 31
};

static const char *const types[] = {"ObjectEvent", "AggregationEvent", "TransactionEvent",
                                    "TransformationEvent", "AssociationEvent"};

typedef struct {
    const char *name;
    int of;
} Member;

static const Member members[] = {
    {"@context", ALL},
    {"type", ALL},
    {"eventID", ALL},
    {"eventTime", ALL},
    {"recordTime", ALL},
    {"eventTimeZoneOffset", ALL},
    {"certificationInfo", ALL},
    {"errorDeclaration", ALL},
    {"bizStep", ALL},
    {"disposition", ALL},
    {"persistentDisposition", ALL},
    {"readPoint", ALL},
    {"bizLocation", ALL},
    {"bizTransactionList", ALL},
    {"sourceList", ALL},
    {"destinationList", ALL},
    {"sensorElementList", ALL},
    {"action", ALL & ~TRANSFORMATION},
    {"epcList", OBJECT | TRANSACTION},
    {"quantityList", OBJECT | TRANSACTION},
    {"ilmd", OBJECT | TRANSFORMATION},
    {"parentID", AGGREGATION | TRANSACTION | ASSOCIATION},
    {"childEPCs", AGGREGATION | ASSOCIATION},
    {"childQuantityList", AGGREGATION | ASSOCIATION},
    {"transformationID", TRANSFORMATION},
    {"inputEPCList", TRANSFORMATION},
    {"inputQuantityList", TRANSFORMATION},
    {"outputEPCList", TRANSFORMATION},
    {"outputQuantityList", TRANSFORMATION},
};

static void item_free(void *data)
{
    PosEpcisItem *item = data;
    g_free(item->id);
    g_free(item);
}

void pos_epcis_event_free(PosEpcisEvent *event)
{
    if (event == NULL) {
        return;
    }
    g_free(event->event_id);
    g_free(event->type);
    g_free(event->action);
    g_free(event->biz_step);
    g_free(event->disposition);
    g_free(event->read_point);
    g_free(event->biz_location);
    g_clear_pointer(&event->items, g_ptr_array_unref);
    json_decref(event->json);
    g_free(event);
}

bool pos_epcis_fail(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, POS_ERROR, POS_ERROR_INVALID, text);
    return false;
}

/* --- identifiers ------------------------------------------------------------------------------------ */

static bool add_item(PosEpcisEvent *event, const json_t *value, PosEpcisRole role, bool is_class,
                     const char *where, GError **error)
{
    const char *uri = json_string_value(value);
    if (uri == NULL) {
        return pos_epcis_fail(error, "%s must hold identifiers as text", where);
    }
    if (event->items->len >= POS_EPCIS_ITEMS_MAX) {
        return pos_epcis_fail(error, "one event may name at most %d identifiers: send several",
                              POS_EPCIS_ITEMS_MAX);
    }
    char *id = pos_epcis_id(uri, error);
    if (id == NULL) {
        g_prefix_error(error, "%s: ", where);
        return false;
    }
    PosEpcisItem *item = g_new0(PosEpcisItem, 1);
    *item = (PosEpcisItem){.id = id, .role = role, .is_class = is_class};
    g_ptr_array_add(event->items, item);
    return true;
}

static bool read_epcs(PosEpcisEvent *event, const char *name, PosEpcisRole role, GError **error)
{
    const json_t *list = json_object_get(event->json, name);
    if (list == NULL) {
        return true;
    }
    if (!json_is_array(list)) {
        return pos_epcis_fail(error, "%s must be a list", name);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!add_item(event, json_array_get(list, i), role, false, name, error)) {
            return false;
        }
    }
    return true;
}

/* UN/ECE Recommendation 20: two or three capital letters or digits. */
static bool is_unit(const char *text)
{
    gsize length = text == NULL ? 0 : strlen(text);
    return (length == 2 || length == 3) &&
           strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == length;
}

static bool read_quantity(PosEpcisEvent *event, const json_t *element, PosEpcisRole role,
                          const char *where, GError **error)
{
    const char *key;
    json_t *value;
    if (!json_is_object(element)) {
        return pos_epcis_fail(error, "%s must hold objects with epcClass and quantity", where);
    }
    json_object_foreach((json_t *)element, key, value)
    {
        if (strcmp(key, "epcClass") != 0 && strcmp(key, "quantity") != 0 &&
            strcmp(key, "uom") != 0) {
            return pos_epcis_fail(error, "%s: a quantity has no member “%.60s”", where, key);
        }
    }
    const json_t *quantity = json_object_get(element, "quantity");
    const json_t *unit = json_object_get(element, "uom");
    if (quantity != NULL && !json_is_number(quantity)) {
        return pos_epcis_fail(error, "%s: quantity must be a number, not text", where);
    }
    if (unit != NULL && !is_unit(json_string_value(unit))) {
        return pos_epcis_fail(error,
                              "%s: uom must be a code of UN/ECE Recommendation 20 such as KGM, "
                              "GRM or H87",
                              where);
    }
    return add_item(event, json_object_get(element, "epcClass"), role, true, where, error);
}

static bool read_quantities(PosEpcisEvent *event, const char *name, PosEpcisRole role,
                            GError **error)
{
    const json_t *list = json_object_get(event->json, name);
    if (list != NULL && !json_is_array(list)) {
        return pos_epcis_fail(error, "%s must be a list", name);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!read_quantity(event, json_array_get(list, i), role, name, error)) {
            return false;
        }
    }
    return true;
}

static bool read_items(PosEpcisEvent *event, GError **error)
{
    const json_t *parent = json_object_get(event->json, "parentID");
    return (parent == NULL ||
            add_item(event, parent, POS_EPCIS_PARENT, false, "parentID", error)) &&
           read_epcs(event, "epcList", POS_EPCIS_SEEN, error) &&
           read_quantities(event, "quantityList", POS_EPCIS_SEEN, error) &&
           read_epcs(event, "childEPCs", POS_EPCIS_CHILD, error) &&
           read_quantities(event, "childQuantityList", POS_EPCIS_CHILD, error) &&
           read_epcs(event, "inputEPCList", POS_EPCIS_INPUT, error) &&
           read_quantities(event, "inputQuantityList", POS_EPCIS_INPUT, error) &&
           read_epcs(event, "outputEPCList", POS_EPCIS_OUTPUT, error) &&
           read_quantities(event, "outputQuantityList", POS_EPCIS_OUTPUT, error);
}

static bool has_role(const PosEpcisEvent *event, PosEpcisRole role)
{
    for (guint i = 0; i < event->items->len; i++) {
        const PosEpcisItem *item = g_ptr_array_index(event->items, i);
        if (item->role == role) {
            return true;
        }
    }
    return false;
}

/* --- members ---------------------------------------------------------------------------------------- */

static int type_bit(const char *type)
{
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++) {
        if (g_strcmp0(type, types[i]) == 0) {
            return 1 << i;
        }
    }
    return 0;
}

/* A bare member must be one of the type's; one with a colon is someone's own (JSON-LD prefix or URI). */
static bool check_members(const json_t *json, int bit, const char *type, GError **error)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)json, key, value)
    {
        bool known = strchr(key, ':') != NULL;
        for (gsize i = 0; i < G_N_ELEMENTS(members) && !known; i++) {
            known = (members[i].of & bit) != 0 && strcmp(key, members[i].name) == 0;
        }
        if (!known) {
            return pos_epcis_fail(error, "%s has no member “%.60s”: give own members a prefix",
                                  type, key);
        }
    }
    return true;
}

static bool read_place(const json_t *json, const char *name, char **out, GError **error)
{
    const json_t *place = json_object_get(json, name);
    const char *id = json_string_value(json_object_get(place, "id"));
    *out = place == NULL ? g_strdup("") : id == NULL ? NULL : pos_epcis_id(id, error);
    if (*out == NULL && id == NULL) {
        return pos_epcis_fail(error, "%s must be an object with the id of a place", name);
    }
    return *out != NULL;
}

/* The bare word of a CBV member ("https://ref.gs1.org/cbv/BizStep-x" or "x"), or a full URI outside GS1's namespaces. */
static bool read_word(const json_t *json, const char *name, const char *prefix,
                      bool (*known)(const char *word), char **out, GError **error)
{
    const json_t *value = json_object_get(json, name);
    const char *text = json_string_value(value);
    const char *word = text;
    *out = g_strdup("");
    if (value == NULL) {
        return true;
    }
    if (text != NULL && g_str_has_prefix(text, prefix)) {
        word = text + strlen(prefix);
    }
    bool own = text != NULL && strchr(text, ':') != NULL && word == text &&
               strlen(text) <= POS_EPCIS_ID_BYTES && g_uri_is_valid(text, G_URI_FLAGS_NONE, NULL) &&
               !g_str_has_prefix(text, "urn:epcglobal:") &&
               strstr(text, "://ref.gs1.org/") == NULL && strstr(text, "://gs1.org/") == NULL;
    if (word == NULL || !(own || known(word))) {
        return pos_epcis_fail(error,
                              "%s “%.60s” is not of the Core Business Vocabulary 2.0: use one of "
                              "its words or a full URI of your own",
                              name, text != NULL ? text : "");
    }
    g_free(*out);
    *out = g_strdup(word);
    return true;
}

/* "+09:00", "-14:00". */
static bool is_zone_offset(const char *text)
{
    if (text == NULL || strlen(text) != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':' ||
        !g_ascii_isdigit(text[1]) || !g_ascii_isdigit(text[2]) || !g_ascii_isdigit(text[4]) ||
        !g_ascii_isdigit(text[5])) {
        return false;
    }
    int hours = (text[1] - '0') * 10 + text[2] - '0',
        minutes = (text[4] - '0') * 10 + text[5] - '0';
    return minutes < 60 && hours * 60 + minutes <= 14 * 60;
}

static bool read_times(PosEpcisEvent *event, GError **error)
{
    const json_t *json = event->json;
    const char *at = json_string_value(json_object_get(json, "eventTime"));
    const json_t *recorded = json_object_get(json, "recordTime");
    int64_t ignored;
    if (at == NULL || !pos_instant_parse(at, &event->event_ms)) {
        return pos_epcis_fail(error, "eventTime must be a date-time with an offset (RFC 3339)");
    }
    if (recorded != NULL &&
        (!json_is_string(recorded) || !pos_instant_parse(json_string_value(recorded), &ignored))) {
        return pos_epcis_fail(error, "recordTime must be a date-time with an offset (RFC 3339)");
    }
    if (!is_zone_offset(json_string_value(json_object_get(json, "eventTimeZoneOffset")))) {
        return pos_epcis_fail(error, "eventTimeZoneOffset must be like +09:00");
    }
    return true;
}

static bool read_error_declaration(PosEpcisEvent *event, GError **error)
{
    const json_t *declaration = json_object_get(event->json, "errorDeclaration");
    int64_t ignored;
    if (declaration == NULL) {
        return true;
    }
    const char *at = json_string_value(json_object_get(declaration, "declarationTime"));
    const json_t *reason = json_object_get(declaration, "reason");
    const char *word = json_string_value(reason);
    if (at == NULL || !pos_instant_parse(at, &ignored) ||
        (reason != NULL &&
         (word == NULL || (strcmp(word, "did_not_occur") != 0 &&
                           strcmp(word, "incorrect_data") != 0 && strchr(word, ':') == NULL)))) {
        return pos_epcis_fail(error,
                              "errorDeclaration needs a declarationTime with an offset, and as "
                              "reason did_not_occur, incorrect_data or a URI of your own");
    }
    event->declared_error = true;
    return true;
}

/* The id that it carries, else one of its content: RFC 9562 version 8 from SHA-256 over the sorted members. */
static bool read_event_id(PosEpcisEvent *event, GError **error)
{
    const json_t *id = json_object_get(event->json, "eventID");
    const char *text = json_string_value(id);
    if (id == NULL) {
        g_autofree char *content = json_dumps(event->json, JSON_COMPACT | JSON_SORT_KEYS);
        g_autofree char *hex =
            g_compute_checksum_for_string(G_CHECKSUM_SHA256, content != NULL ? content : "", -1);
        hex[12] = '8';
        hex[16] = 'a';
        event->event_id = g_strdup_printf("urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
                                          hex + 12, hex + 16, hex + 20);
        json_object_set_new(event->json, "eventID", json_string(event->event_id));
        return true;
    }
    if (text == NULL || strlen(text) > POS_EPCIS_EVENT_ID_BYTES || strchr(text, ':') == NULL ||
        strpbrk(text, " \t\r\n\"<>") != NULL) {
        return pos_epcis_fail(error, "eventID must be a URI of at most %d characters",
                              POS_EPCIS_EVENT_ID_BYTES);
    }
    event->event_id = g_strdup(text);
    return true;
}

static bool read_action(PosEpcisEvent *event, int bit, GError **error)
{
    const char *action = json_string_value(json_object_get(event->json, "action"));
    event->action = g_strdup(action != NULL ? action : "");
    if (bit == TRANSFORMATION || g_strcmp0(action, "ADD") == 0 ||
        g_strcmp0(action, "OBSERVE") == 0 || g_strcmp0(action, "DELETE") == 0) {
        return true;
    }
    return pos_epcis_fail(error, "action must be ADD, OBSERVE or DELETE");
}

/* --- what a type needs -------------------------------------------------------------------------------- */

static bool check_ilmd(const PosEpcisEvent *event, int bit, GError **error)
{
    const json_t *ilmd = json_object_get(event->json, "ilmd");
    if (ilmd == NULL || (bit == TRANSFORMATION && json_is_object(ilmd))) {
        return true;
    }
    if (!json_is_object(ilmd) || strcmp(event->action, "ADD") != 0) {
        return pos_epcis_fail(error, "ilmd is for the making of goods: an ObjectEvent with action "
                                     "ADD, or a TransformationEvent");
    }
    return true;
}

static bool check_needs(PosEpcisEvent *event, int bit, GError **error)
{
    bool has_parent = has_role(event, POS_EPCIS_PARENT),
         has_child = has_role(event, POS_EPCIS_CHILD);
    if (bit == OBJECT && !has_role(event, POS_EPCIS_SEEN) &&
        !(json_array_size(json_object_get(event->json, "sensorElementList")) > 0 &&
          event->read_point[0] != '\0')) {
        return pos_epcis_fail(error, "an ObjectEvent needs an epcList, a quantityList, or a "
                                     "sensorElementList with a readPoint");
    }
    if ((bit & (AGGREGATION | ASSOCIATION)) != 0) {
        bool observes = strcmp(event->action, "OBSERVE") == 0;
        event->deletes_all = strcmp(event->action, "DELETE") == 0 && !has_child;
        if (!has_parent && !(observes && has_child)) {
            return pos_epcis_fail(error, "%s needs the parentID: what the goods are on or in",
                                  event->type);
        }
        if (!has_child && !event->deletes_all) {
            return pos_epcis_fail(error, "%s needs childEPCs or a childQuantityList", event->type);
        }
    }
    if (bit == TRANSFORMATION && json_object_get(event->json, "transformationID") == NULL &&
        !(has_role(event, POS_EPCIS_INPUT) && has_role(event, POS_EPCIS_OUTPUT))) {
        return pos_epcis_fail(error, "a TransformationEvent needs inputs and outputs");
    }
    if (bit == TRANSACTION &&
        json_array_size(json_object_get(event->json, "bizTransactionList")) == 0) {
        return pos_epcis_fail(error, "a TransactionEvent needs a bizTransactionList");
    }
    return check_ilmd(event, bit, error);
}

PosEpcisEvent *pos_epcis_event_read(const json_t *json, GError **error)
{
    const char *type = json_string_value(json_object_get(json, "type"));
    int bit = type_bit(type);
    if (bit == 0) {
        pos_epcis_fail(error, "the type of an event must be one of ObjectEvent, AggregationEvent, "
                              "TransactionEvent, TransformationEvent, AssociationEvent");
        return NULL;
    }
    g_autoptr(PosEpcisEvent) event = g_new0(PosEpcisEvent, 1);
    event->type = g_strdup(type);
    event->items = g_ptr_array_new_with_free_func(item_free);
    event->json = json_copy((json_t *)json);
    bool ok = check_members(json, bit, type, error) && read_times(event, error) &&
              read_action(event, bit, error) &&
              read_word(json, "bizStep", CBV "BizStep-", pos_epcis_is_biz_step, &event->biz_step,
                        error) &&
              read_word(json, "disposition", CBV "Disp-", pos_epcis_is_disposition,
                        &event->disposition, error) &&
              read_place(json, "readPoint", &event->read_point, error) &&
              read_place(json, "bizLocation", &event->biz_location, error) &&
              read_error_declaration(event, error) && pos_epcis_check_lists(json, error) &&
              pos_epcis_check_sensors(json, error) && read_items(event, error) &&
              check_needs(event, bit, error) && read_event_id(event, error);
    return ok ? g_steal_pointer(&event) : NULL;
}

/* --- documents ---------------------------------------------------------------------------------------- */

static bool check_document(const json_t *document, GError **error)
{
    static const char *const known[] = {
        "@context",     "id",       "type",     "schemaVersion",
        "creationDate", "sender",   "receiver", "instanceIdentifier",
        "epcisHeader",  "epcisBody"};
    const char *key;
    json_t *value;
    int64_t ignored;
    json_object_foreach((json_t *)document, key, value)
    {
        bool good = strchr(key, ':') != NULL;
        for (gsize i = 0; i < G_N_ELEMENTS(known) && !good; i++) {
            good = strcmp(key, known[i]) == 0;
        }
        if (!good) {
            return pos_epcis_fail(error, "an EPCIS document has no member “%.60s”", key);
        }
    }
    const char *created = json_string_value(json_object_get(document, "creationDate"));
    if (g_strcmp0(json_string_value(json_object_get(document, "type")), "EPCISDocument") != 0 ||
        g_strcmp0(json_string_value(json_object_get(document, "schemaVersion")),
                  DOCUMENT_VERSION) != 0) {
        return pos_epcis_fail(error, "the document must be of type EPCISDocument with "
                                     "schemaVersion “2.0”");
    }
    if (json_object_get(document, "@context") == NULL) {
        return pos_epcis_fail(error, "the document needs its @context");
    }
    if (created == NULL || !pos_instant_parse(created, &ignored)) {
        return pos_epcis_fail(error, "creationDate must be a date-time with an offset (RFC 3339)");
    }
    return true;
}

const json_t *pos_epcis_document_events(const json_t *document, GError **error)
{
    if (!check_document(document, error)) {
        return NULL;
    }
    const json_t *events = json_object_get(json_object_get(document, "epcisBody"), "eventList");
    if (!json_is_array(events) || json_array_size(events) == 0) {
        pos_epcis_fail(error, "epcisBody must hold an eventList with at least one event");
        return NULL;
    }
    if (json_array_size(events) > POS_EPCIS_EVENTS_MAX) {
        pos_epcis_fail(error, "one document may hold at most %d events: send several",
                       POS_EPCIS_EVENTS_MAX);
        return NULL;
    }
    return events;
}

json_t *pos_epcis_document_new(json_t *events, const char *created, const char *query)
{
    json_t *list = json_pack("{s:o}", "eventList", events);
    json_t *body = query == NULL ? list
                                 : json_pack("{s:{s:s, s:o}}", "queryResults", "queryName", query,
                                             "resultsBody", list);
    return json_pack("{s:[s], s:s, s:s, s:s, s:o}", "@context",
                     "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld", "type",
                     query == NULL ? "EPCISDocument" : "EPCISQueryDocument", "schemaVersion",
                     DOCUMENT_VERSION, "creationDate", created, "epcisBody", body);
}
