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

/* Where the numbered discs go: at their places, or in the nearest gap beside those that stand there. */
static PosMapPoint *place_discs(const PosRouteMap *map)
{
    PosMapPoint *discs = g_new0(PosMapPoint, map->stops->len);
    for (guint i = 0; i < map->stops->len; i++) {
        const PosRouteStop *stop = &g_array_index(map->stops, PosRouteStop, i);
        for (int try = 0; try < 40; try++) {
            double radius = try == 0 ? 0 : (2 * DISC + 4) * (1 + (try - 1) / 8);
            double angle = try * G_PI / 4;
            double x = stop->x + radius * cos(angle), y = stop->y + radius * sin(angle);
            x = fmin(fmax(x, DISC + 2), map->width - DISC - 2);
            y = fmin(fmax(y, DISC + 2), map->height - DISC - 2);
            bool is_free = true;
            for (guint k = 0; k < i; k++) {
                const PosRouteStop *other = &g_array_index(map->stops, PosRouteStop, k);
                is_free &=
                    !other->has_position || hypot(discs[k].x - x, discs[k].y - y) >= 2 * DISC;
            }
            discs[i] = (PosMapPoint){x, y};
            if (is_free) {
                break;
            }
        }
    }
    return discs;
}

/* A gentle bow from disc to disc, red where the cold chain broke on the way or on arrival. */
static void append_legs(GString *html, const PosRouteMap *map, const PosMapPoint *discs)
{
    int from = -1;
    bool broken = false;
    for (guint i = 0; i < map->stops->len; i++) {
        const PosRouteStop *stop = &g_array_index(map->stops, PosRouteStop, i);
        broken |= stop->alarm;
        if (!stop->has_position) {
            continue;
        }
        if (from >= 0) {
            PosMapPoint a = discs[from], b = discs[i];
            double middle_x = (a.x + b.x) / 2 + (b.y - a.y) * 0.12;
            double middle_y = (a.y + b.y) / 2 - (b.x - a.x) * 0.12;
            g_string_append_printf(html, "<path class=\"way%s\" d=\"M%d %dQ%d %d %d %d\"/>",
                                   broken ? " broken" : "", (int)lround(a.x), (int)lround(a.y),
                                   (int)lround(middle_x), (int)lround(middle_y), (int)lround(b.x),
                                   (int)lround(b.y));
        }
        from = (int)i;
        broken = false;
    }
}

static void append_discs(GString *html, const PosRouteMap *map, const PosMapPoint *discs)
{
    for (guint i = 0; i < map->stops->len; i++) {
        const PosRouteStop *stop = &g_array_index(map->stops, PosRouteStop, i);
        if (stop->has_position) {
            int x = (int)lround(discs[i].x), y = (int)lround(discs[i].y);
            g_string_append_printf(html,
                                   "<g%s><circle cx=\"%d\" cy=\"%d\" r=\"%d\"/><text x=\"%d\" "
                                   "y=\"%d\">%u</text></g>",
                                   stop->alarm ? " class=\"bad\"" : "", x, y, DISC, x, y + 8,
                                   i + 1);
        }
    }
}

static void append_map(GString *html, const PosRouteMap *map, const CentralPageWords *words)
{
    g_string_append_printf(html,
                           "<svg class=\"map\" viewBox=\"0 0 %d %d\" role=\"img\" "
                           "aria-label=\"%s\"><path class=\"sea\" d=\"M0 0H%dV%dH0z\"/>",
                           MAP_WIDTH, MAP_HEIGHT, words->map_label, MAP_WIDTH, MAP_HEIGHT);
    append_land(html, map);
    g_autofree PosMapPoint *discs = place_discs(map);
    append_legs(html, map, discs);
    append_discs(html, map, discs);
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
