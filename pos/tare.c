/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reads the setting `tares`. Pure. */
#include "pos/tare.h"

#include "pos/bounds.h"

#include <string.h>

void pos_tare_free(PosTare *tare)
{
    if (tare != NULL) {
        pos_names_clear(&tare->names);
        g_free(tare);
    }
}

static PosTare *tare_from(const char *id, const json_t *value)
{
    const json_t *weight = json_is_object(value) ? json_object_get(value, "grams") : value;
    int64_t grams = json_integer_value(weight);
    gsize length = strlen(id);
    if (length == 0 || length > POS_TARE_ID_BYTES || grams < 1 || grams > POS_BOUND_GRAMS_MAX) {
        return NULL;
    }
    PosTare *tare = g_new0(PosTare, 1);
    g_strlcpy(tare->id, id, sizeof tare->id);
    tare->grams = grams;
    if (!json_is_object(value) ||
        !pos_names_from_json(value, "names", "tares", &tare->names, NULL)) {
        tare->names = (PosNames){g_strdup(id), g_strdup(id), g_strdup(id)};
    }
    return tare;
}

static int compare(gconstpointer a, gconstpointer b)
{
    const PosTare *left = *(PosTare *const *)a;
    const PosTare *right = *(PosTare *const *)b;
    int by_weight = (left->grams > right->grams) - (left->grams < right->grams);
    return by_weight != 0 ? by_weight : strcmp(left->id, right->id);
}

GPtrArray *pos_tares_from_setting(const json_t *setting)
{
    GPtrArray *tares = g_ptr_array_new_with_free_func((GDestroyNotify)pos_tare_free);
    const char *id = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)setting, id, value)
    {
        PosTare *tare = tares->len < POS_TARES_MAX ? tare_from(id, value) : NULL;
        if (tare != NULL) {
            g_ptr_array_add(tares, tare);
        }
    }
    g_ptr_array_sort(tares, compare);
    return tares;
}

const PosTare *pos_tares_find(const GPtrArray *tares, const char *id)
{
    for (guint i = 0; id != NULL && i < tares->len; i++) {
        const PosTare *tare = tares->pdata[i];
        if (strcmp(tare->id, id) == 0) {
            return tare;
        }
    }
    return NULL;
}
