/* SPDX-License-Identifier: GPL-3.0-or-later
 * The way of a lot on its page: a map as inline SVG, and the same as a list for those who do not see it. */
#include "sync/central_page_private.h"
#include "sync/central_page_words.h"

#include <math.h>
#include <string.h>

#define MAP_WIDTH 640
#define MAP_HEIGHT 480
#define DISC 21

static void append_land(GString *html, const PosRouteMap *map)
{
    g_string_append(html, "<path class=\"land\" d=\"");
    for (guint i = 0; i < map->land->len; i++) {
        const GArray *ring = g_ptr_array_index(map->land, i);
        int last_x = 0, last_y = 0;
        for (guint k = 0; k < ring->len; k++) {
            PosMapPoint point = g_array_index(ring, PosMapPoint, k);
            int x = (int)lround(point.x), y = (int)lround(point.y);
            if (k == 0) {
                g_string_append_printf(html, "M%d %d", x, y);
            } else if (x != last_x || y != last_y) {
                g_string_append_printf(html, "l%d %d", x - last_x, y - last_y);
            }
            last_x = x;
            last_y = y;
        }
        g_string_append(html, "z");
    }
    g_string_append(html, "\"/>");
}

/* A gentle bow from stop to stop, red where the cold chain broke on the way or on arrival. */
static void append_legs(GString *html, const PosRouteMap *map)
{
    const PosRouteStop *from = NULL;
    bool broken = false;
    for (guint i = 0; i < map->stops->len; i++) {
        const PosRouteStop *stop = &g_array_index(map->stops, PosRouteStop, i);
        broken |= stop->alarm;
        if (!stop->has_position) {
            continue;
        }
        if (from != NULL && hypot(stop->x - from->x, stop->y - from->y) > 1) {
            double middle_x = (from->x + stop->x) / 2 + (stop->y - from->y) * 0.12;
            double middle_y = (from->y + stop->y) / 2 - (stop->x - from->x) * 0.12;
            g_string_append_printf(
                html, "<path class=\"way%s\" d=\"M%d %dQ%d %d %d %d\"/>", broken ? " broken" : "",
                (int)lround(from->x), (int)lround(from->y), (int)lround(middle_x),
                (int)lround(middle_y), (int)lround(stop->x), (int)lround(stop->y));
        }
        from = stop;
        broken = false;
    }
}

/* Where the numbered disc of a stop goes: moved aside where another one is. */
static void place_disc(const PosRouteMap *map, guint index, double *x, double *y)
{
    const PosRouteStop *stop = &g_array_index(map->stops, PosRouteStop, index);
    int crowd = 0;
    for (guint i = 0; i < index; i++) {
        const PosRouteStop *other = &g_array_index(map->stops, PosRouteStop, i);
        crowd += other->has_position && hypot(other->x - stop->x, other->y - stop->y) < 2 * DISC;
    }
    *x = fmin(fmax(stop->x + crowd * 2 * DISC, DISC), map->width - DISC);
    *y = fmin(fmax(stop->y, DISC), map->height - DISC);
}

static void append_discs(GString *html, const PosRouteMap *map)
{
    for (guint i = 0; i < map->stops->len; i++) {
        const PosRouteStop *stop = &g_array_index(map->stops, PosRouteStop, i);
        double x, y;
        if (!stop->has_position) {
            continue;
        }
        place_disc(map, i, &x, &y);
        g_string_append_printf(html,
                               "<g%s><circle cx=\"%d\" cy=\"%d\" r=\"%d\"/><text x=\"%d\" "
                               "y=\"%d\">%u</text></g>",
                               stop->alarm ? " class=\"bad\"" : "", (int)lround(x), (int)lround(y),
                               DISC, (int)lround(x), (int)lround(y) + 8, i + 1);
    }
}

static void append_map(GString *html, const PosRouteMap *map, const CentralPageWords *words)
{
    g_string_append_printf(html,
                           "<svg class=\"map\" viewBox=\"0 0 %d %d\" role=\"img\" "
                           "aria-label=\"%s\"><path class=\"sea\" d=\"M0 0H%dV%dH0z\"/>",
                           MAP_WIDTH, MAP_HEIGHT, words->map_label, MAP_WIDTH, MAP_HEIGHT);
    append_land(html, map);
    append_legs(html, map);
    append_discs(html, map);
    g_string_append(html, "</svg>");
}

/* "1.8–4.6 °C" of tenths. Owned. */
static char *temperature_text(int min_dc, int max_dc)
{
    char low[32], high[32];
    g_ascii_formatd(low, sizeof low, "%.1f", min_dc / 10.0);
    g_ascii_formatd(high, sizeof high, "%.1f", max_dc / 10.0);
    return min_dc == max_dc ? g_strdup_printf("%s °C", low)
                            : g_strdup_printf("%s – %s °C", low, high);
}

static void append_stop(GString *html, const CentralPageFacts *facts, const PosRouteStop *stop,
                        guint number)
{
    const CentralPageWords *words = central_page_words(facts->language);
    bool longer = stop->until_ms - stop->from_ms >= 60000;
    g_autofree char *from = central_page_clock(facts, stop->from_ms, "%m-%d %H:%M");
    g_autofree char *from_day = central_page_clock(facts, stop->from_ms, "%F");
    g_autofree char *until_day = central_page_clock(facts, stop->until_ms, "%F");
    bool same_day = strcmp(from_day, until_day) == 0;
    g_autofree char *until =
        central_page_clock(facts, stop->until_ms, same_day ? "%H:%M" : "%m-%d %H:%M");
    g_string_append_printf(html, "<li%s><b aria-hidden=\"true\">%u</b><strong>",
                           stop->alarm ? " class=\"bad\"" : "", number);
    central_page_text(html, pos_names_in(stop->place, facts->language));
    g_string_append(html, "</strong><span>");
    central_page_text(html, central_page_step_words(stop->step, facts->language));
    g_string_append_printf(html, " · %s%s%s</span>", from, longer ? " – " : "",
                           longer ? until : "");
    if (stop->has_temperature) {
        g_autofree char *temperature = temperature_text(stop->min_dc, stop->max_dc);
        g_string_append_printf(html, "<span>%s</span>", temperature);
    }
    if (stop->alarm) {
        g_string_append(html, "<span class=\"warn\">");
        central_page_text(html, words->cold_broken);
        g_string_append(html, "</span>");
    }
    g_string_append(html, "</li>");
}

void central_page_append_route(GString *html, const CentralPageFacts *facts, const PosMapLand *land)
{
    const CentralPageWords *words = central_page_words(facts->language);
    g_string_append(html, "<section id=\"route\"><h2>");
    central_page_text(html, words->route);
    g_string_append(html, "</h2>");
    if (facts->lot == NULL || facts->lot->route->len == 0) {
        g_string_append(html, "<p>");
        central_page_text(html, words->no_route);
        g_string_append(html, "</p></section>");
        return;
    }
    g_autoptr(PosRouteMap) map = pos_route_map_new(facts->lot, land, MAP_WIDTH, MAP_HEIGHT);
    if (map->has_map) {
        append_map(html, map, words);
    }
    g_string_append(html, "<ol class=\"stops\">");
    for (guint i = 0; i < map->stops->len; i++) {
        append_stop(html, facts, &g_array_index(map->stops, PosRouteStop, i), i + 1);
    }
    g_string_append(html, "</ol></section>");
}
