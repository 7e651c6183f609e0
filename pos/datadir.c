/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "pos/datadir.h"

char *pos_datadir_program_folder(void)
{
    g_autofree char *program = g_file_read_link("/proc/self/exe", NULL);
    return program != NULL ? g_path_get_dirname(program) : NULL;
}

static char *data_folder(void)
{
    const char *given = g_getenv("COSTER_DATADIR");
    if (given != NULL && *given != '\0') {
        return g_strdup(given);
    }
    /* The programs stand at build/, tests one or two folders deeper. */
    g_autofree char *folder = pos_datadir_program_folder();
    for (int up = 0; folder != NULL && up < 4; up++) {
        g_autofree char *parent = g_path_get_dirname(folder);
        g_autofree char *data = g_build_filename(parent, "data", NULL);
        g_autofree char *ours = g_build_filename(data, "demo", "store.json", NULL);
        if (g_file_test(ours, G_FILE_TEST_IS_REGULAR)) {
            return g_steal_pointer(&data);
        }
        g_free(folder);
        folder = g_steal_pointer(&parent);
    }
    return g_build_filename(COSTER_PREFIX, "share", "coster", NULL);
}

char *pos_datadir_path(const char *first, ...)
{
    g_autofree char *folder = data_folder();
    va_list parts;
    va_start(parts, first);
    g_autofree char *below = g_build_filename_valist(first, &parts);
    va_end(parts);
    return g_build_filename(folder, below, NULL);
}

char *pos_datadir_locale(void)
{
    g_autofree char *folder = pos_datadir_program_folder();
    if (folder != NULL) {
        g_autofree char *built = g_build_filename(folder, "po", NULL);
        if (g_file_test(built, G_FILE_TEST_IS_DIR)) {
            return g_steal_pointer(&built);
        }
    }
    return g_build_filename(COSTER_PREFIX, "share", "locale", NULL);
}
