/* SPDX-License-Identifier: GPL-3.0-or-later
 * GS1 Digital Link URIs to elements. Internal to pos/gs1*.c; the making of a link is pos_gs1_link()
 * in pos/gs1.h. */
#pragma once
#include "pos/gs1.h"

G_BEGIN_DECLS

/* True when the text is a valid, uncompressed Digital Link; elements in path order, then query
 * order. False with out->error: it is then an ordinary web address or text. */
bool pos_gs1_link_read(const char *text, gsize length, int this_year, PosGs1Message *out);

/* The same for a compressed link, after decompression. */
bool pos_gs1_link_read_compressed(const char *text, gsize length, int this_year,
                                  PosGs1Message *out);

G_END_DECLS
