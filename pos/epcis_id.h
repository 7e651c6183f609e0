/* SPDX-License-Identifier: GPL-3.0-or-later
 * What an EPCIS event names (lot, unit, pallet, place), in one spelling, so that the same thing is the same text whoever
 * reports it: a GS1 Digital Link on id.gs1.org without a query, made from any host's link or from an EPC URN. Pure. */
#pragma once
#include <glib.h>
#include <stdbool.h>

G_BEGIN_DECLS

#define POS_EPCIS_ID_BYTES 255

/* uri: an absolute URI of at most POS_EPCIS_ID_BYTES bytes. EPC URNs of the schemes sgtin, lgtin, sscc, sgln, pgln and
 * their classes (EPC Tag Data Standard 1.13, 7; CBV 2.0, 8) and GS1 Digital Links become
 * "https://id.gs1.org/…"; any other URI stays as it is. Owned; NULL and POS_ERROR_INVALID for what is no URI, or
 * claims to be GS1 and is not valid. */
char *pos_epcis_id(const char *uri, GError **error);

/* The canonical id of a lot, or of a product without one (lot NULL or ""). Owned. */
char *pos_epcis_id_of_lot(const char *gtin, const char *lot);

/* The GTIN and lot of a canonical id; lot "" for a class of the product as a whole. False (out untouched) when it
 * names something else, or a single unit. */
bool pos_epcis_id_lot(const char *id, char out_gtin[15], char out_lot[21]);

/* The GLN of a canonical place id, with or without extension. False when it is none. */
bool pos_epcis_id_gln(const char *id, char out_gln[14]);

G_END_DECLS
