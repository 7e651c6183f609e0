/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/databar_draw.h"

#include <string.h>

#define DARK 30
#define LIGHT 220

/* Modules of a row without the light ones at its end. */
static int row_modules(const char *digits)
{
    int modules = 0;
    for (int i = 0; digits[i] != '\0'; i++) {
        int digit = g_ascii_xdigit_value(digits[i]);
        g_assert_cmpint(digit, >=, 0);
        for (int bit = 0; bit < 4; bit++) {
            modules = (digit >> (3 - bit) & 1) != 0 ? 4 * i + bit + 1 : modules;
        }
    }
    return modules;
}

static void draw_row(DatabarPicture *picture, const char *digits, int top, int height, int scale)
{
    for (int module = 0; module < row_modules(digits); module++) {
        if ((g_ascii_xdigit_value(digits[module / 4]) >> (3 - module % 4) & 1) == 0) {
            continue;
        }
        for (int y = top; y < top + height; y++) {
            memset(picture->pixels + y * picture->width + DATABAR_MARGIN + module * scale, DARK,
                   (gsize)scale);
        }
    }
}

DatabarPicture *databar_draw(const char *rows, int scale)
{
    g_auto(GStrv) parts = g_strsplit(rows, "/", -1);
    int width = 0, height = 0;
    for (int i = 0; parts[i] != NULL; i++) {
        height += (int)g_ascii_strtoll(parts[i], NULL, 10);
        width = MAX(width, row_modules(strchr(parts[i], ':') + 1));
    }
    DatabarPicture *picture = g_new0(DatabarPicture, 1);
    picture->width = width * scale + 2 * DATABAR_MARGIN;
    picture->height = height * scale + 2 * DATABAR_MARGIN;
    gsize size = (gsize)picture->width * (gsize)picture->height;
    picture->pixels = g_malloc(size);
    memset(picture->pixels, LIGHT, size);
    int top = DATABAR_MARGIN;
    for (int i = 0; parts[i] != NULL; i++) {
        int row_height = (int)g_ascii_strtoll(parts[i], NULL, 10) * scale;
        draw_row(picture, strchr(parts[i], ':') + 1, top, row_height, scale);
        top += row_height;
    }
    return picture;
}

void databar_turn(DatabarPicture *picture)
{
    uint8_t *turned = g_malloc((gsize)picture->width * (gsize)picture->height);
    for (int y = 0; y < picture->height; y++) {
        for (int x = 0; x < picture->width; x++) {
            turned[x * picture->height + picture->height - 1 - y] =
                picture->pixels[y * picture->width + x];
        }
    }
    g_free(picture->pixels);
    picture->pixels = turned;
    int width = picture->width;
    picture->width = picture->height;
    picture->height = width;
}

void databar_spoil(DatabarPicture *picture, int module, int scale)
{
    for (int y = DATABAR_MARGIN; y < picture->height - DATABAR_MARGIN; y++) {
        for (int x = 0; x < scale; x++) {
            uint8_t *at =
                &picture->pixels[y * picture->width + DATABAR_MARGIN + module * scale + x];
            *at = *at == DARK ? LIGHT : DARK;
        }
    }
}

void databar_picture_free(DatabarPicture *picture)
{
    g_free(picture->pixels);
    g_free(picture);
}
