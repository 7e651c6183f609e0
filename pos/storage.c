/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/storage.h"

#include <string.h>

#define DEGREES_MAX 200

/* A whole number of degrees with an optional minus; moves *text behind it. */
static bool read_degrees(const char **text, int *out_dc)
{
    const char *at = *text;
    bool below = g_str_has_prefix(at, "-") || g_str_has_prefix(at, "−");
    at += below ? (*at == '-' ? 1 : strlen("−")) : 0;
    int degrees = 0, digits = 0;
    for (; g_ascii_isdigit(*at) && digits < 4; at++, digits++) {
        degrees = degrees * 10 + (*at - '0');
    }
    if (digits == 0 || degrees > DEGREES_MAX) {
        return false;
    }
    *out_dc = (below ? -degrees : degrees) * 10;
    *text = at;
    return true;
}

static bool skip_dash(const char **text)
{
    static const char *const dashes[] = {"-", "–", "~"};
    for (gsize i = 0; i < G_N_ELEMENTS(dashes); i++) {
        if (g_str_has_prefix(*text, dashes[i])) {
            *text += strlen(dashes[i]);
            return true;
        }
    }
    return false;
}

bool pos_storage_read(const char *text, int *out_min_dc, int *out_max_dc)
{
    int min_dc, max_dc;
    if (text == NULL || !read_degrees(&text, &min_dc)) {
        return false;
    }
    max_dc = min_dc;
    if (skip_dash(&text) && !read_degrees(&text, &max_dc)) {
        return false;
    }
    text += strspn(text, " ");
    if (strcmp(text, "°C") != 0 || max_dc < min_dc) {
        return false;
    }
    *out_min_dc = min_dc;
    *out_max_dc = max_dc;
    return true;
}
