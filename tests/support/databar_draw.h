/* SPDX-License-Identifier: GPL-3.0-or-later
 * Pictures of linear symbols from the rows of their modules. */
#pragma once
#include <glib.h>
#include <stdint.h>

#define DATABAR_MARGIN 20 /* light pixels around the symbol */

/* Grey, without stride. */
typedef struct {
    uint8_t *pixels;
    int width, height;
} DatabarPicture;

/* "34:4863/1:0799": rows from the top, each its height in modules and its modules as hexadecimal
 * digits, ones dark. `scale` is pixels a module. */
DatabarPicture *databar_draw(const char *rows, int scale);
/* By a quarter, to the right. */
void databar_turn(DatabarPicture *picture);
/* Inverts one module of every row. */
void databar_spoil(DatabarPicture *picture, int module, int scale);
void databar_picture_free(DatabarPicture *picture);
