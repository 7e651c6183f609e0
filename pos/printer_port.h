/* SPDX-License-Identifier: GPL-3.0-or-later
 * The wire to a receipt printer: a USB printer device, a serial line, a TCP port or a file, opened, written and read with
 * timeouts. Belongs to the thread that opened it; `wake_fd` ends each waiting at once when it becomes readable. */
#pragma once
#include "pos/device_settings.h"
#include "pos/printer_status.h"

G_BEGIN_DECLS

typedef struct PosPrinterPort PosPrinterPort;

/* wake_fd: borrowed, -1 none. NULL and the cause when it cannot be opened within timeout_ms. */
PosPrinterPort *pos_printer_port_open(const PosPrinterSettings *settings, int wake_fd,
                                      int timeout_ms, PosPrinterFault *out_fault);
/* Waits until what was written has left this machine, at most timeout_ms; false when that is not certain. Frees it. */
bool pos_printer_port_close(PosPrinterPort *port, int timeout_ms);

/* Bytes that were taken before nothing moved for stall_ms, the wire broke or wake_fd woke; *out_broken (nullable): the
 * device is gone. */
gsize pos_printer_port_write(PosPrinterPort *port, const uint8_t *bytes, gsize length, int stall_ms,
                             bool *out_broken);
/* Bytes that came within timeout_ms (at least one), 0 none, -1 the device is gone. */
gssize pos_printer_port_read(PosPrinterPort *port, uint8_t *bytes, gsize size, int timeout_ms);
/* Drops what has come and was not read. */
void pos_printer_port_drop_input(PosPrinterPort *port);
/* A file answers nothing. */
bool pos_printer_port_can_read(const PosPrinterPort *port);

G_END_DECLS
