/* SPDX-License-Identifier: GPL-3.0-or-later
 * The parts of an event that name no goods: what the CBV knows, lists of references, sensor reports. */
#include "pos/epcis_private.h"

#include <string.h>

#include "pos/date.h"

#define LIST_MAX 200

/* CBV 2.0, 7.1 and 7.2. */
static const char biz_steps[] =
    " accepting arriving assembling collecting commissioning consigning creating_class_instance "
    "cycle_counting decommissioning departing destroying disassembling dispensing encoding "
    "entering_exiting holding inspecting installing killing loading other packing picking "
    "receiving "
    "removing repackaging repairing replacing reserving retail_selling sampling sensor_reporting "
    "shipping staging_outbound stock_taking stocking storing transporting unloading unpacking "
    "void_shipping ";
static const char dispositions[] =
    " active available completeness_inferred completeness_verified conformant container_closed "
    "container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit "
    "inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement "
    "no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled reserved "
    "retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown ";

static bool is_listed(const char *list, const char *word)
{
    gsize length = strlen(word);
    if (length == 0 || length > 40 || strspn(word, "abcdefghijklmnopqrstuvwxyz_") != length) {
        return false;
    }
    g_autofree char *spaced = g_strdup_printf(" %s ", word);
    return strstr(list, spaced) != NULL;
}

bool pos_epcis_is_biz_step(const char *word)
{
    return is_listed(biz_steps, word);
}

bool pos_epcis_is_disposition(const char *word)
{
    return is_listed(dispositions, word);
}

static bool check_list(const json_t *event, const char *name, const char *member, GError **error)
{
    const json_t *list = json_object_get(event, name);
    if (list == NULL) {
        return true;
    }
    if (!json_is_array(list) || json_array_size(list) > LIST_MAX) {
        return pos_epcis_fail(error, "%s must be a list of at most %d", name, LIST_MAX);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (!json_is_string(json_object_get(json_array_get(list, i), member))) {
            return pos_epcis_fail(error, "%s must hold objects with %s", name, member);
        }
    }
    return true;
}

bool pos_epcis_check_lists(const json_t *event, GError **error)
{
    const json_t *persistent = json_object_get(event, "persistentDisposition");
    if (persistent != NULL && !json_is_array(json_object_get(persistent, "set")) &&
        !json_is_array(json_object_get(persistent, "unset"))) {
        return pos_epcis_fail(error, "persistentDisposition needs a list “set” or “unset”");
    }
    return check_list(event, "bizTransactionList", "bizTransaction", error) &&
           check_list(event, "sourceList", "source", error) &&
           check_list(event, "destinationList", "destination", error);
}

/* A member that is there must be a time with an offset. */
static bool check_time(const json_t *object, const char *name, GError **error)
{
    const json_t *value = json_object_get(object, name);
    const char *text = json_string_value(value);
    int64_t ignored;
    if (value == NULL || (text != NULL && pos_instant_parse(text, &ignored))) {
        return true;
    }
    return pos_epcis_fail(error, "a sensor's %s must be a date-time with an offset (RFC 3339)",
                          name);
}

static bool check_report(const json_t *report, GError **error)
{
    static const char *const numbers[] = {"value", "minValue", "maxValue", "meanValue", "sDev"};
    const json_t *exception = json_object_get(report, "exception");
    const char *word = json_string_value(exception);
    if (!json_is_object(report)) {
        return pos_epcis_fail(error, "a sensorReport must be a list of objects");
    }
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        const json_t *number = json_object_get(report, numbers[i]);
        if (number != NULL && !json_is_number(number)) {
            return pos_epcis_fail(error, "a sensor's %s must be a number", numbers[i]);
        }
    }
    if (exception != NULL && g_strcmp0(word, "ALARM_CONDITION") != 0 &&
        g_strcmp0(word, "ERROR_CONDITION") != 0) {
        return pos_epcis_fail(error,
                              "a sensor's exception must be ALARM_CONDITION or ERROR_CONDITION");
    }
    return check_time(report, "time", error);
}

bool pos_epcis_check_sensors(const json_t *event, GError **error)
{
    const json_t *list = json_object_get(event, "sensorElementList");
    if (list != NULL && (!json_is_array(list) || json_array_size(list) > LIST_MAX)) {
        return pos_epcis_fail(error, "%s must be a list of at most %d", "sensorElementList",
                              LIST_MAX);
    }
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *element = json_array_get(list, i);
        const json_t *metadata = json_object_get(element, "sensorMetadata");
        const json_t *reports = json_object_get(element, "sensorReport");
        if (!json_is_array(reports) || json_array_size(reports) == 0 ||
            json_array_size(reports) > LIST_MAX) {
            return pos_epcis_fail(error, "each sensor element needs a sensorReport of 1 to %d",
                                  LIST_MAX);
        }
        if (!check_time(metadata, "time", error) || !check_time(metadata, "startTime", error) ||
            !check_time(metadata, "endTime", error)) {
            return false;
        }
        for (size_t k = 0; k < json_array_size(reports); k++) {
            if (!check_report(json_array_get(reports, k), error)) {
                return false;
            }
        }
    }
    return true;
}
