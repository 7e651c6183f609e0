/* SPDX-License-Identifier: GPL-3.0-or-later
 * A supplier's delivery note as CSV (asn_no, ship_date, supplier_gln, ship_to_gln, sscc, line, gtin, lot, best_before, use_by,
 * harvest_date, origin, qty, uom, net_kg, temp_min, temp_max, price, currency; found by name, in any order) to the lines of a
 * `stock_received` record. Pure. */
#pragma once
#include "pos/json.h"

G_BEGIN_DECLS

#define POS_DELIVERY_NOTE_BYTES_MAX (4 * 1024 * 1024)
#define POS_DELIVERY_NOTE_LINES_MAX 500

/* The lines that can be booked, new reference; *out_faults (owned GPtrArray of char*) says of each other line which it is, the
 * column and the reason. uom KGM or GRM is by weight, EA and H87 pieces. NULL with an error when it is no delivery note. */
json_t *pos_delivery_note_read(const char *text, gsize length, GPtrArray **out_faults,
                               GError **error);

G_END_DECLS
