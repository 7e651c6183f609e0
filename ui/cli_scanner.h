/* SPDX-License-Identifier: GPL-3.0-or-later
 * The scanners of `coster till`: those with a device of their own, by the terminal's device settings. Codes wait in a
 * queue for the till's thread. */
#pragma once
#include "pos/device_settings.h"

G_BEGIN_DECLS

typedef struct UiCliScanners UiCliScanners;

/* wake_fd: an eventfd that is made readable when a code waits; borrowed. A scanner that does not work is said on
 * stderr, once for each change. NULL when the settings name none. */
UiCliScanners *ui_cli_scanners_start(PosStore *store, int wake_fd);
/* NULL is allowed. */
void ui_cli_scanners_stop(UiCliScanners *scanners);
/* The next code that waits; NULL none. *out_fragment: only its end has come, and it says nothing. Owned. */
GBytes *ui_cli_scanners_take(UiCliScanners *scanners, bool *out_fragment);

G_END_DECLS
