/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the terminal's device settings on disk: one named value of the folder, canonical for this terminal alone. A
 * change and its `config` record are one transaction. */
#include "pos/device_settings.h"

#include <glib/gi18n-lib.h>

#include "pos/error.h"
#include "pos/store_private.h"

#define SETTINGS_BYTES_MAX 16384

static bool parse(const char *text, PosDeviceSettings *out, GError **error)
{
    g_autoptr(json_t) object = pos_json_parse_object(text, strlen(text), SETTINGS_BYTES_MAX, error);
    return object != NULL && pos_device_settings_from_json(object, out, error);
}

void pos_store_devices_load(PosStore *store, PosDeviceSettings *out, char **out_note)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = pos_store_meta_get(store, POS_META_DEVICES);
    pos_device_settings_defaults(out);
    if (out_note != NULL) {
        *out_note = NULL;
    }
    if (text != NULL && text[0] != '\0' && !parse(text, out, &error) && out_note != NULL) {
        *out_note = g_strdup_printf(
            _("The device settings cannot be read and are as on a new till: %s"), error->message);
    }
}

/* What differs, as the record says it: records travel, so passwords are not in them. New reference. */
static json_t *changes_between(const PosDeviceSettings *before, const PosDeviceSettings *after)
{
    json_t *changes = json_array();
    for (gsize i = 0; i < pos_device_settings_count(); i++) {
        const char *key = pos_device_settings_key(i);
        g_autofree char *old = pos_device_settings_get(before, key);
        g_autofree char *new = pos_device_settings_get(after, key);
        if (strcmp(old, new) != 0) {
            g_autofree char *shown_old = pos_device_settings_public(before, key);
            g_autofree char *shown_new = pos_device_settings_public(after, key);
            json_array_append_new(
                changes, json_pack("{ssssss}", "key", key, "new", shown_new, "old", shown_old));
        }
    }
    return changes;
}

static bool write_within(PosStore *store, const char *text, json_t *fields, int64_t at_ms,
                         GError **error)
{
    return pos_store_meta_set(store, POS_META_DEVICES, text, error) &&
           pos_store_journal_append(store, fields, "config", at_ms, NULL, error);
}

bool pos_store_devices_save(PosStore *store, const PosDeviceSettings *settings,
                            const char *operator_id, int64_t at_ms, GError **error)
{
    PosDeviceSettings before;
    g_autofree char *terminal = store_terminal(store, error);
    if (terminal == NULL) {
        return false;
    }
    if (terminal[0] == '\0') {
        g_set_error(error, POS_ERROR, POS_ERROR_NOT_FOUND,
                    _("This folder belongs to no store yet: enrol it with a code from the central "
                      "service first."));
        return false;
    }
    pos_store_devices_load(store, &before, NULL);
    json_t *changes = changes_between(&before, settings);
    g_autoptr(json_t) fields =
        json_pack("{soss}", "changes", changes, "operator", operator_id != NULL ? operator_id : "");
    if (json_array_size(changes) == 0) {
        return true;
    }
    g_autoptr(json_t) object = pos_device_settings_to_json(settings);
    g_autofree char *text = pos_json_canonical(object, NULL, error);
    if (text == NULL || !pos_store_begin(store, error)) {
        return false;
    }
    if (!write_within(store, text, fields, at_ms, error)) {
        pos_store_rollback(store);
        return false;
    }
    return pos_store_commit(store, error);
}
