/* SPDX-License-Identifier: GPL-3.0-or-later
 * Pictures as grey frames, for tests of the decoder. */
#pragma once
#include "pos/scan.h"

/* The symbols of a picture file, read with every pass. Owned; NULL when the file is no picture. */
GPtrArray *picture_scan(const char *path);
