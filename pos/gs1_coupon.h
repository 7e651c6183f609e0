/* SPDX-License-Identifier: GPL-3.0-or-later
 * North American coupons in AI 8110 and AI 8112: chains of fields whose length stands in a digit
 * before them. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* NULL when well formed, else a translated phrase. Static. this_year as in pos_gs1_lint(). */
const char *pos_gs1_coupon_check(const char *data, gsize length, int this_year);
/* The same for the positive offer file, AI 8112. */
const char *pos_gs1_coupon_check_offer_file(const char *data, gsize length);

G_END_DECLS
