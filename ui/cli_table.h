/* SPDX-License-Identifier: GPL-3.0-or-later
 * The commands of `coster` as words, for help and for telling what was wrong. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    const char *name;
    const char *usage;   /* name and arguments */
    const char *summary; /* translatable */
} UiCliCommand;

/* In the order of the help; ends with a name of NULL. */
extern const UiCliCommand UI_CLI_COMMANDS[];

G_END_DECLS
