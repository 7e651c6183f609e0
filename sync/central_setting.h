/* SPDX-License-Identifier: GPL-3.0-or-later
 * Whether a setting of a store may be published: what money, promises and the tills' readers hang on. Pure. */
#pragma once
#include "pos/json.h"

G_BEGIN_DECLS

#define CENTRAL_SETTING_FILE_BYTES (16 * 1024) /* a text in a setting: as much as a till takes */

/* True for settings that are not known here. POS_ERROR_INVALID with what is wrong, a line each. */
bool central_setting_check(const char *name, const json_t *value, GError **error);

G_END_DECLS
