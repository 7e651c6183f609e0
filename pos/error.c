/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/error.h"

G_DEFINE_QUARK(pos - error - quark, pos_error)
