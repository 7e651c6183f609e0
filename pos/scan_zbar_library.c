/* SPDX-License-Identifier: GPL-3.0-or-later
 * Owns the loading of libzbar. It stays loaded. */
#include "pos/scan_zbar_library.h"

#include <dlfcn.h>
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#define LIBRARY "libzbar.so.0"

static gpointer load(gpointer unused)
{
    static PosZbarLibrary library;
    void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    bool found = handle != NULL;
#define LOAD_FUNCTION(name)                                                                        \
    if (found) {                                                                                   \
        void *address = dlsym(handle, "zbar_" #name);                                              \
        memcpy(&library.name, &address, sizeof(address));                                          \
        found = address != NULL;                                                                   \
    }
    POS_ZBAR_FUNCTIONS(LOAD_FUNCTION)
#undef LOAD_FUNCTION
    if (!found) {
        g_warning("%s cannot be loaded, so pictures are read without it: install libzbar0",
                  LIBRARY);
    }
    return found ? &library : NULL;
}

const PosZbarLibrary *pos_zbar_library(void)
{
    static GOnce once = G_ONCE_INIT;
    return g_once(&once, load, NULL);
}
