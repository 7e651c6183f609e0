/* SPDX-License-Identifier: GPL-3.0-or-later
 * Of sync/central_page*.c only. */
#pragma once
#include "pos/gs1.h"
#include "sync/central_page.h"

/* Escaped. */
void central_page_text(GString *html, const char *text);
/* A time of day or date in the store's zone, g_date_time_format(). Owned. */
char *central_page_clock(const CentralPageFacts *facts, int64_t at_ms, const char *format);
/* "4780", "4.25": for machines. Owned. */
char *central_page_plain_amount(PosMoney amount, const PosCurrency *currency);
/* The map and the list of stops. */
void central_page_append_route(GString *html, const CentralPageFacts *facts,
                               const PosMapLand *land);
