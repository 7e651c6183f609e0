/* SPDX-License-Identifier: GPL-3.0-or-later
 * The contents of one shelf tag and its drawing with cairo and Pango: name, price, unit price, origin, date,
 * health code, QR with the GS1 Digital Link. QR modules are whole dots. */
#pragma once
#include "pos/freshness.h"
#include "pos/money.h"
#include "pos/price.h"
#include <cairo.h>

G_BEGIN_DECLS

/* All strings borrowed for the call. */
typedef struct {
    const PosProduct *product;
    const PosLot *lot;     /* nullable: a product tag */
    const PosPrice *price; /* nullable: "no price" */
    const PosCurrency *currency;
    const char *link;     /* the Digital Link in the QR */
    const char *language; /* main name; the others stand below, small */
    PosFreshness freshness;
    int64_t now_ms;
} PosShelfTag;

/* Draws into a rectangle of width_pt x height_pt at the origin. dots_per_pt: of the output device, so that a
 * module is a whole number of dots. */
void pos_shelf_tag_draw(cairo_t *cr, const PosShelfTag *tag, double width_pt, double height_pt,
                        double dots_per_pt);

/* One tag as a PNG file of 62 x 40 mm at dpi. */
bool pos_shelf_tag_write_png(const PosShelfTag *tag, int dpi, const char *path, GError **error);

G_END_DECLS
