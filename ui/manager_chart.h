/* SPDX-License-Identifier: GPL-3.0-or-later
 * Small pictures of numbers: bars, a second series behind them, words below. What it says in words comes with it, for who does
 * not see it. */
#pragma once
#include <adwaita.h>
#include <stdint.h>

G_BEGIN_DECLS

typedef struct {
    const int64_t *values;     /* solid bars */
    const int64_t *compare;    /* pale ones behind; nullable */
    const char *const *labels; /* below every bar; nullable */
    gsize count;
    int64_t expected,
        left; /* two more bars, of what is to come and what is left over; both 0: none */
} UiManagerChart;

/* A drawing of at least width × height. words: its accessible label. Copies all that it is given. */
GtkWidget *ui_manager_chart_new(const UiManagerChart *chart, int width, int height,
                                const char *words);

/* The same onto any cairo surface, for PDF. dark: light colours on nothing. */
void ui_manager_chart_draw(const UiManagerChart *chart, cairo_t *cairo, double width, double height,
                           bool dark);

G_END_DECLS
