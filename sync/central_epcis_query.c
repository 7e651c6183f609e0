/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sync/central_epcis_query.h"

#include <string.h>

#include "pos/date.h"
#include "pos/epcis_id.h"
#include "pos/error.h"

typedef enum {
    ANY_EPC, /* epcList, childEPCs, inputEPCList, outputEPCList, parentID */
    EPC,     /* epcList, childEPCs */
    PARENT,
    INPUT_EPC,
    OUTPUT_EPC,
    ANY_CLASS, /* each quantity list */
    CLASS,     /* quantityList, childQuantityList */
    INPUT_CLASS,
    OUTPUT_CLASS,
    EVENT_TYPE,
    ACTION,
    STEP,
    DISPOSITION,
    READ_POINT,
    LOCATION,
    EVENT_ID,
    SENSOR_TYPE,
} Kind;

static const struct {
    const char *name;
    Kind kind;
} parameters[] = {
    {"MATCH_anyEPC", ANY_EPC},
    {"MATCH_epc", EPC},
    {"MATCH_parentID", PARENT},
    {"MATCH_inputEPC", INPUT_EPC},
    {"MATCH_outputEPC", OUTPUT_EPC},
    {"MATCH_anyEPCClass", ANY_CLASS},
    {"MATCH_epcClass", CLASS},
    {"MATCH_inputEPCClass", INPUT_CLASS},
    {"MATCH_outputEPCClass", OUTPUT_CLASS},
    {"eventType", EVENT_TYPE},
    {"EQ_action", ACTION},
    {"EQ_bizStep", STEP},
    {"EQ_disposition", DISPOSITION},
    {"EQ_readPoint", READ_POINT},
    {"EQ_bizLocation", LOCATION},
    {"EQ_eventID", EVENT_ID},
    {"EQ_type", SENSOR_TYPE},
};

typedef struct {
    Kind kind;
    GPtrArray *values; /* of char* */
} Condition;

static void condition_free(void *data)
{
    Condition *condition = data;
    g_ptr_array_unref(condition->values);
    g_free(condition);
}

void central_epcis_query_clear(CentralEpcisQuery *query)
{
    g_clear_pointer(&query->conditions, g_ptr_array_unref);
    g_clear_pointer(&query->after_id, g_free);
}

static bool fail(GError **error, const char *format, const char *what) G_GNUC_PRINTF(2, 0);
static bool fail(GError **error, const char *format, const char *what)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID, format, what);
#pragma GCC diagnostic pop
    return false;
}

/* --- reading ---------------------------------------------------------------------------------- */

static Condition *condition_of(CentralEpcisQuery *query, Kind kind)
{
    for (guint i = 0; i < query->conditions->len; i++) {
        Condition *condition = g_ptr_array_index(query->conditions, i);
        if (condition->kind == kind) {
            return condition;
        }
    }
    Condition *condition = g_new0(Condition, 1);
    condition->kind = kind;
    condition->values = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(query->conditions, condition);
    return condition;
}

/* A value in the spelling in which it is compared. Owned; NULL and the error. */
static char *canonical(Kind kind, const char *value, GError **error)
{
    static const char step[] = "https://ref.gs1.org/cbv/BizStep-";
    static const char disposition[] = "https://ref.gs1.org/cbv/Disp-";
    if (kind <= OUTPUT_CLASS || kind == READ_POINT || kind == LOCATION) {
        return pos_epcis_id(value, error);
    }
    if (kind == STEP && g_str_has_prefix(value, step)) {
        return g_strdup(value + strlen(step));
    }
    if (kind == DISPOSITION && g_str_has_prefix(value, disposition)) {
        return g_strdup(value + strlen(disposition));
    }
    return g_strdup(value);
}

static bool add_value(CentralEpcisQuery *query, Kind kind, const char *value, GError **error)
{
    Condition *condition = condition_of(query, kind);
    char *text = *value == '\0' ? NULL : canonical(kind, value, error);
    if (text == NULL) {
        return *value == '\0' ? fail(error, "a parameter without a value%s", "") : false;
    }
    g_ptr_array_add(condition->values, text);
    return condition->values->len <= CENTRAL_QUERY_VALUES_MAX ||
           fail(error, "too many values of one parameter%s: ask several times", "");
}

/* ["a","b"], a|b or one value. */
static bool add_values(CentralEpcisQuery *query, Kind kind, const char *text, GError **error)
{
    if (*text == '\0') {
        return fail(error, "a parameter without a value%s", "");
    }
    if (*text == '[') {
        g_autoptr(json_t) list = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
        if (!json_is_array(list)) {
            return fail(error, "“%.80s” is no list of values", text);
        }
        for (size_t i = 0; i < json_array_size(list); i++) {
            const char *value = json_string_value(json_array_get(list, i));
            if (value == NULL || !add_value(query, kind, value, error)) {
                return value == NULL ? fail(error, "“%.80s” is no list of texts", text) : false;
            }
        }
        return true;
    }
    g_auto(GStrv) values = g_strsplit(text, "|", CENTRAL_QUERY_VALUES_MAX + 1);
    for (char **value = values; *value != NULL; value++) {
        if (!add_value(query, kind, *value, error)) {
            return false;
        }
    }
    return true;
}

static bool read_number(const char *name, const char *text, int max, int *out, GError **error)
{
    guint64 number;
    if (!g_ascii_string_to_unsigned(text, 10, 1, 1000000, &number, NULL)) {
        return fail(error, "%s must be a whole number from 1", name);
    }
    *out = (int)MIN(number, (guint64)max);
    return true;
}

/* "<event_ms>.<base64url of the id>" */
static bool read_token(const char *text, CentralEpcisQuery *out, GError **error)
{
    const char *dot = strchr(text, '.');
    char *end = NULL;
    gint64 ms = g_ascii_strtoll(text, &end, 10);
    gsize length = 0;
    g_autofree guchar *id = dot == NULL || end != dot ? NULL : g_base64_decode(dot + 1, &length);
    g_autofree char *id_text = id == NULL ? NULL : g_strndup((const char *)id, length);
    if (length == 0 || length > POS_EPCIS_EVENT_ID_BYTES || !g_utf8_validate(id_text, -1, NULL) ||
        strlen(id_text) != length) {
        return fail(error, "nextPageToken%s is not one that this service gave", "");
    }
    out->after_ms = ms;
    g_free(out->after_id);
    out->after_id = g_steal_pointer(&id_text);
    return true;
}

static bool read_setting(CentralEpcisQuery *out, const char *name, const char *value, bool *known,
                         GError **error)
{
    struct {
        const char *name;
        int64_t *ms;
    } times[] = {{"GE_eventTime", &out->ge_event_ms},
                 {"LT_eventTime", &out->lt_event_ms},
                 {"GE_recordTime", &out->ge_record_ms},
                 {"LT_recordTime", &out->lt_record_ms}};
    *known = true;
    for (gsize i = 0; i < G_N_ELEMENTS(times); i++) {
        if (strcmp(name, times[i].name) == 0) {
            return pos_instant_parse(value, times[i].ms) ||
                   fail(error, "%s must be a date-time with an offset (RFC 3339)", name);
        }
    }
    if (strcmp(name, "perPage") == 0 || strcmp(name, "eventCountLimit") == 0) {
        return read_number(name, value, CENTRAL_QUERY_PAGE_MAX, &out->page, error);
    }
    if (strcmp(name, "nextPageToken") == 0) {
        return read_token(value, out, error);
    }
    if (strcmp(name, "orderBy") == 0) {
        return strcmp(value, "eventTime") == 0 || fail(error, "orderBy%s: eventTime alone", "");
    }
    if (strcmp(name, "orderDirection") == 0) {
        return strcmp(value, "ASC") == 0 || fail(error, "orderDirection%s: ASC alone", "");
    }
    *known = false;
    return true;
}

static bool read_pair(CentralEpcisQuery *out, const char *name, const char *value, GError **error)
{
    bool known;
    if (!read_setting(out, name, value, &known, error) || known) {
        return known && (error == NULL || *error == NULL);
    }
    for (gsize i = 0; i < G_N_ELEMENTS(parameters); i++) {
        if (strcmp(name, parameters[i].name) == 0) {
            return add_values(out, parameters[i].kind, value, error);
        }
    }
    return fail(error, "there is no parameter “%.60s”", name);
}

/* "+" is a plus here as in a path: offsets of times and URIs come with it unescaped. */
static char *decode(const char *text, gsize length)
{
    g_autofree char *raw = g_strndup(text, length);
    char *plain = g_uri_unescape_string(raw, NULL);
    if (plain != NULL && g_utf8_validate(plain, -1, NULL)) {
        return plain;
    }
    g_free(plain);
    return NULL;
}

bool central_epcis_query_read(const char *text, CentralEpcisQuery *out, GError **error)
{
    g_auto(CentralEpcisQuery) query = {
        .conditions = g_ptr_array_new_with_free_func(condition_free),
        .ge_event_ms = G_MININT64,
        .lt_event_ms = G_MAXINT64,
        .ge_record_ms = G_MININT64,
        .lt_record_ms = G_MAXINT64,
        .page = CENTRAL_QUERY_PAGE_DEFAULT,
        .after_ms = G_MININT64,
        .after_id = g_strdup(""),
    };
    g_auto(GStrv) pairs = g_strsplit(text != NULL ? text : "", "&", 200);
    for (char **pair = pairs; *pair != NULL; pair++) {
        gsize length = strcspn(*pair, "=");
        bool has_value = (*pair)[length] == '=';
        g_autofree char *name = decode(*pair, length);
        g_autofree char *value =
            has_value ? decode(*pair + length + 1, strlen(*pair + length + 1)) : g_strdup("");
        if (**pair == '\0') {
            continue;
        }
        if (name == NULL || value == NULL) {
            return fail(error, "“%.60s” is not percent-encoded UTF-8", *pair);
        }
        GError *why = NULL;
        if (!read_pair(&query, name, value, &why)) {
            g_propagate_error(error, why);
            return false;
        }
    }
    *out = query;
    query = (CentralEpcisQuery){0};
    return true;
}

/* --- matching --------------------------------------------------------------------------------- */

static bool holds(GPtrArray *values, const char *text)
{
    for (guint i = 0; i < values->len; i++) {
        if (strcmp(g_ptr_array_index(values, i), text) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_of(const PosEpcisItem *item, Kind kind)
{
    bool plain = item->role == POS_EPCIS_SEEN || item->role == POS_EPCIS_CHILD;
    switch (kind) {
    case ANY_EPC:
        return !item->is_class;
    case EPC:
        return !item->is_class && plain;
    case PARENT:
        return item->role == POS_EPCIS_PARENT;
    case INPUT_EPC:
        return !item->is_class && item->role == POS_EPCIS_INPUT;
    case OUTPUT_EPC:
        return !item->is_class && item->role == POS_EPCIS_OUTPUT;
    case ANY_CLASS:
        return item->is_class;
    case CLASS:
        return item->is_class && plain;
    case INPUT_CLASS:
        return item->is_class && item->role == POS_EPCIS_INPUT;
    case OUTPUT_CLASS:
        return item->is_class && item->role == POS_EPCIS_OUTPUT;
    case EVENT_TYPE:
    case ACTION:
    case STEP:
    case DISPOSITION:
    case READ_POINT:
    case LOCATION:
    case EVENT_ID:
    case SENSOR_TYPE:
        break;
    }
    return false;
}

static bool has_sensor(const PosEpcisEvent *event, GPtrArray *values)
{
    size_t i, k;
    json_t *element, *report;
    json_array_foreach(json_object_get(event->json, "sensorElementList"), i, element)
    {
        json_array_foreach(json_object_get(element, "sensorReport"), k, report)
        {
            const char *type = json_string_value(json_object_get(report, "type"));
            if (type != NULL && holds(values, type)) {
                return true;
            }
        }
    }
    return false;
}

static bool meets(const PosEpcisEvent *event, const Condition *condition)
{
    switch (condition->kind) {
    case EVENT_TYPE:
        return holds(condition->values, event->type);
    case ACTION:
        return holds(condition->values, event->action);
    case STEP:
        return holds(condition->values, event->biz_step);
    case DISPOSITION:
        return holds(condition->values, event->disposition);
    case READ_POINT:
        return holds(condition->values, event->read_point);
    case LOCATION:
        return holds(condition->values, event->biz_location);
    case EVENT_ID:
        return holds(condition->values, event->event_id);
    case SENSOR_TYPE:
        return has_sensor(event, condition->values);
    case ANY_EPC:
    case EPC:
    case PARENT:
    case INPUT_EPC:
    case OUTPUT_EPC:
    case ANY_CLASS:
    case CLASS:
    case INPUT_CLASS:
    case OUTPUT_CLASS:
        break;
    }
    for (guint i = 0; i < event->items->len; i++) {
        const PosEpcisItem *item = g_ptr_array_index(event->items, i);
        if (is_of(item, condition->kind) && holds(condition->values, item->id)) {
            return true;
        }
    }
    return false;
}

bool central_epcis_query_matches(const CentralEpcisQuery *query, const PosEpcisEvent *event,
                                 int64_t record_ms)
{
    if (event->event_ms < query->ge_event_ms || event->event_ms >= query->lt_event_ms ||
        record_ms < query->ge_record_ms || record_ms >= query->lt_record_ms) {
        return false;
    }
    for (guint i = 0; i < query->conditions->len; i++) {
        if (!meets(event, g_ptr_array_index(query->conditions, i))) {
            return false;
        }
    }
    return true;
}

const char *central_epcis_query_item(const CentralEpcisQuery *query)
{
    for (guint i = 0; i < query->conditions->len; i++) {
        const Condition *condition = g_ptr_array_index(query->conditions, i);
        if (condition->kind <= OUTPUT_CLASS && condition->values->len == 1) {
            return g_ptr_array_index(condition->values, 0);
        }
    }
    return NULL;
}

char *central_epcis_query_token(int64_t event_ms, const char *event_id)
{
    g_autofree char *id = g_base64_encode((const guchar *)event_id, strlen(event_id));
    return g_strdup_printf("%" G_GINT64_FORMAT ".%s", event_ms, id);
}
