/* SPDX-License-Identifier: GPL-3.0-or-later
 * Where the files of data/ are at run time, in a checkout and installed. */
#pragma once
#include <glib.h>

G_BEGIN_DECLS

/* A path below the data folder, e.g. ("demo", "store.json"); parts as for g_build_filename, NULL-terminated. The
 * folder is $COSTER_DATADIR, else ../data beside the program's folder when that is Coster's, else
 * PREFIX/share/coster. Owned by the caller. */
char *pos_datadir_path(const char *first, ...) G_GNUC_NULL_TERMINATED;

/* The folder of compiled translations: po beside the program when it is there, else PREFIX/share/locale. Owned. */
char *pos_datadir_locale(void);

/* The folder of the running program. Owned; NULL when /proc is not there. */
char *pos_datadir_program_folder(void);

G_END_DECLS
