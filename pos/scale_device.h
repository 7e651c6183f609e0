/* SPDX-License-Identifier: GPL-3.0-or-later
 * The counter scale at its serial line, on a thread of its own: opens the line, talks by the rules of pos/scale.h, and
 * opens it again when it was pulled out and is back. Nothing here waits for the scale; what it says is a snapshot that
 * any thread may take. */
#pragma once
#include "pos/device_settings.h"
#include "pos/till.h"

G_BEGIN_DECLS

typedef struct PosScaleDevice PosScaleDevice;

/* changed: nullable; called on the scale's thread whenever the status has become another one, so that a till may ask
 * pos_till_may_weigh(). NULL when the settings name no scale. Never fails: a line that cannot be opened is a status. */
PosScaleDevice *pos_scale_device_start(const PosScaleSettings *settings,
                                       void (*changed)(void *user), void *user);
/* Ends the thread; after it no call comes any more. NULL is allowed. A till must have let go of it before. */
void pos_scale_device_stop(PosScaleDevice *device);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosScaleDevice, pos_scale_device_stop)

/* What is known at this moment, from any thread. device NULL: no scale is set up. */
void pos_scale_status(PosScaleDevice *device, PosScaleStatus *out);
/* Makes what it shows the zero, soon. False when the scale cannot be told so from here. */
bool pos_scale_device_zero(PosScaleDevice *device);

/* The same for pos_till_set_scale(). Borrowed; NULL for NULL. */
const PosTillScale *pos_scale_device_for_till(PosScaleDevice *device);

/* The line as the settings say it: by protocol where the framing is automatic. */
PosSerialLine pos_scale_device_line(const PosScaleSettings *settings);

G_END_DECLS
