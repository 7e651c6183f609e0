/* SPDX-License-Identifier: GPL-3.0-or-later
 * The members of settings that are judged before they go to the tills. */
#include "sync/central_setting.h"

#include "pos/error.h"
#include "pos/money.h"
#include "pos/rcn_explain.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Layouts that no till could read are not sent to them: each fault with its line. */
static bool check_layouts(const json_t *value, GError **error)
{
    const char *text;
    if (!pos_json_get_string_or(value, "rcn", CENTRAL_SETTING_FILE_BYTES, "store", "", &text,
                                error)) {
        return false;
    }
    g_autoptr(GPtrArray) faults = pos_rcn_faults(text, strlen(text));
    if (faults->len == 0) {
        return true;
    }
    g_ptr_array_add(faults, NULL);
    g_autofree char *all = g_strjoinv("\n", (char **)faults->pdata);
    g_set_error(error, POS_ERROR, POS_ERROR_INVALID, "%s", all);
    return false;
}

/* The members that money and promises hang on. */
static bool check_store_setting(const json_t *value, GError **error)
{
    const char *currency, *zone_name;
    int64_t seconds;
    PosCurrency known;
    if (!pos_json_get_string(value, "currency", 3, "store", &currency, error) ||
        !pos_json_get_string_or(value, "time_zone", 100, "store", "UTC", &zone_name, error) ||
        !pos_json_get_int_or(value, "hold_s", 0, 7 * 86400, "store", 1800, &seconds, error) ||
        !pos_json_get_int_or(value, "rise_lead_s", 0, 7 * 86400, "store", 120, &seconds, error)) {
        return false;
    }
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(zone_name);
    if (!pos_currency_from_code(currency, &known) || !zone) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("The currency %s or the time zone %s is not known."), currency, zone_name);
        return false;
    }
    return check_layouts(value, error);
}

/* The guard rails of pricing, and who is left alone by it. */
static bool check_pricing(const json_t *value, GError **error)
{
    int64_t number;
    bool flag;
    const json_t *paused = json_object_get(value, "paused_categories");
    if (paused && !json_is_array(paused)) {
        g_set_error(error, POS_ERROR, POS_ERROR_INVALID,
                    _("“paused_categories” must be a list of categories."));
        return false;
    }
    return pos_json_get_int_or(value, "step_bp_max", 0, 10000, "pricing", 0, &number, error) &&
           pos_json_get_int_or(value, "ending", 1, 1000000, "pricing", 1, &number, error) &&
           pos_json_get_int_or(value, "dwell_s", 0, 7 * 86400, "pricing", 0, &number, error) &&
           pos_json_get_int_or(value, "changes_a_day_max", 0, 1000, "pricing", 0, &number, error) &&
           pos_json_get_bool_or(value, "enabled", "pricing", true, &flag, error) &&
           pos_json_get_bool_or(value, "propose", "pricing", false, &flag, error);
}

bool central_setting_check(const char *name, const json_t *value, GError **error)
{
    if (strcmp(name, "store") == 0) {
        return check_store_setting(value, error);
    }
    return strcmp(name, "pricing") != 0 || check_pricing(value, error);
}
