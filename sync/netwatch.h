/* SPDX-License-Identifier: GPL-3.0-or-later
 * Notices that this machine got an address (cable in, Wi-Fi back), so that waiting ends early. Linux's rtnetlink; where
 * that is not allowed there is no watch, and waiting takes its time. */
#pragma once
#include <stdbool.h>

/* A descriptor that becomes readable with news; -1 when there is no watch. close() it. */
int sync_netwatch_open(void);
/* Takes all news. True when an address came. */
bool sync_netwatch_drain(int fd);
