/* SPDX-License-Identifier: GPL-3.0-or-later
 * What must hold of any bytes, one function a way into the program: shared by the corpus driver, the
 * seeded tests and libFuzzer. Each aborts when its property does not hold; none keeps anything. */
#pragma once
#include <glib.h>
#include <stdint.h>

/* As a scanner's message, read in several ways: the input is unharmed, every field is within its
 * bounds, and what was valid reads the same when it is written out again. */
void gs1_property_check(const uint8_t *data, gsize size);

/* As what stands behind "https://a/" in a Digital Link, and as a compressed one: it is read or it is
 * plain text, its canonical form reads as the same elements and is its own canonical form. */
void link_property_check(const uint8_t *data, gsize size);

/* As a layout file and, behind its first NUL, numbers of a shop: the layouts print as lines that
 * parse to the same, and a number is read by the first that fits. */
void rcn_property_check(const uint8_t *data, gsize size);

/* As a grey frame of at most 96 by 96 pixels, width first: the decoder ends, says the same again, and
 * what it read is within bounds. */
void frame_property_check(const uint8_t *data, gsize size);

/* As what a counter scale sends, its protocol first: bounded, no reading out of range, the same however it is cut into
 * reads, and the next whole frame is heard. */
void scale_property_check(const uint8_t *data, gsize size);

/* As a picture file: it is refused in one sentence or becomes a frame within bounds, which is
 * decoded when it is small. */
void picture_property_check(const uint8_t *data, gsize size);

/* As the data characters of a GS1 DataBar Expanded symbol, 12 bits each: no message, or one of
 * characters that the symbology has, within bounds and the same again. */
void databar_property_check(const uint8_t *data, gsize size);

/* As one line of samples, or the widths of its bars and spaces, in a frame of five such rows: edges are in order and within
 * the line, and what is read of EAN, UPC, Code 128 and DataBar is within bounds, with a right check digit. */
void line_property_check(const uint8_t *data, gsize size);
