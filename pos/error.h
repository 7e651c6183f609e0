/* SPDX-License-Identifier: GPL-3.0-or-later
 * The one GError domain of the project and its few codes: failures of the world (disk, file,
 * network, data from outside). A refusal that a user can cause is a PosRefusal (pos/refusal.h). */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

#define POS_ERROR (pos_error_quark())
GQuark pos_error_quark(void);

typedef enum {
    POS_ERROR_FAILED = 1, /* none of the below */
    POS_ERROR_INVALID,    /* data from outside is malformed; the message says what and where */
    POS_ERROR_BUSY,       /* the folder is in use by another coster */
    POS_ERROR_DISK_FULL,  /* no room to write; nothing was half done */
    POS_ERROR_CORRUPT,    /* the database file is damaged or is not ours */
    POS_ERROR_NOT_FOUND,  /* what was asked for does not exist */
    POS_ERROR_OFFLINE,    /* the central service, or its database, cannot be reached */
} PosErrorCode;

G_END_DECLS
