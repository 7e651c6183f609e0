/* SPDX-License-Identifier: GPL-3.0-or-later
 * Of pos/epcis.c and pos/epcis_parts.c only. */
#pragma once
#include "pos/epcis.h"

/* Sets POS_ERROR_INVALID; always false. */
bool pos_epcis_fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* bizTransactionList, sourceList, destinationList, persistentDisposition. */
bool pos_epcis_check_lists(const json_t *event, GError **error);
/* sensorElementList: metadata, and at least one report each. */
bool pos_epcis_check_sensors(const json_t *event, GError **error);
