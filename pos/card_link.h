/* SPDX-License-Identifier: GPL-3.0-or-later
 * A card terminal as a provider: the line of pos/card_wire.h over TCP or a serial port, on a thread of its own, so that
 * nothing of it ever blocks the till. The line is opened when something is to be said. What could not even be sent was
 * not charged (FAILED); what was sent and is not answered because the line broke is UNKNOWN, and the till asks again. */
#pragma once
#include "pos/tender.h"

G_BEGIN_DECLS

typedef struct PosCardLink PosCardLink;

/* address: "tcp:HOST:PORT" or "serial:/dev/ttyS0" (as the port is set; "serial:/dev/ttyS0:9600" sets its speed, 8N1).
 * timeout_ms: of a charge. POS_ERROR_INVALID and a sentence for anything else. */
PosCardLink *pos_card_link_new(const char *address, int timeout_ms, GError **error);
/* Ends the thread; what is in flight stays as it is and is asked for at the next start. NULL is fine. */
void pos_card_link_free(PosCardLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(PosCardLink, pos_card_link_free)
/* Borrowed, lives as long as the link. For the till's thread. */
const PosTenderProvider *pos_card_link_provider(PosCardLink *link);
/* Readable as long as an answer waits to be polled; for a program's main loop. */
int pos_card_link_fd(const PosCardLink *link);

G_END_DECLS
