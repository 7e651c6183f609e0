/* SPDX-License-Identifier: GPL-3.0-or-later
 * HID POS bar code scanners: from a device's own report descriptor to where its scanned bytes stand, and from its
 * reports to codes. Facts: USB-IF, Device Class Definition for HID 1.11 (section 6.2.2, report descriptors), HID Usage
 * Tables, page 8C "Bar Code Scanner" (in the HID Point of Sale Usage Tables 1.02: Symbology Identifier 1 to 3 FB to FD,
 * Decoded Data FE, Decode Data Continued FF) and page 01 (Byte Count 3B). Pure. */
#pragma once
#include "pos/bounds.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

G_BEGIN_DECLS

#define POS_HID_DESCRIPTOR_BYTES_MAX 4096 /* as the kernel's HID_MAX_DESCRIPTOR_SIZE */

/* A field of a report, in bits from the report's begin, its id byte (if reports have one) included. */
typedef struct {
    bool present;
    unsigned offset_bits, size_bits, count;
} PosHidField;

/* Where the report of scanned data has what. */
typedef struct {
    bool numbered; /* reports begin with their id */
    uint8_t report_id;
    unsigned report_bytes; /* id included */
    PosHidField data, length, continued, symbology[3];
} PosHidLayout;

/* POS_ERROR_INVALID with one sentence when the descriptor is malformed or has no scanned data. */
bool pos_hid_layout_parse(const uint8_t *descriptor, gsize length, PosHidLayout *out,
                          GError **error);

/* A code as reports bring it. All zero is at rest. Members are its own. */
typedef struct {
    uint8_t data[POS_BOUND_SCAN_BYTES];
    gsize length;
    uint8_t symbology[3];
    bool began, whole, overflow;
} PosHidCode;

/* One report as hidraw gives it. True when a code is whole: it stands until the next call. Reports of other ids and
 * reports that are too short are not ours. */
bool pos_hid_code_feed(PosHidCode *code, const PosHidLayout *layout, const uint8_t *report,
                       gsize length);
/* The AIM identifier ("]E0", NUL-terminated) for the three symbology bytes; "" when they say none that is known.
 * Scanners put AIM's own three characters there; some put a one-letter code of their maker. */
void pos_hid_code_aim(const uint8_t symbology[3], char out[4]);

G_END_DECLS
