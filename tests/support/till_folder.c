/* SPDX-License-Identifier: GPL-3.0-or-later
 * till-folder DIR: a till's folder with the shop of till_fixture.h, for tests that drive the program. */
#include "tests/support/till_fixture.h"

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    if (argc != 2) {
        g_printerr("till-folder DIR\n");
        return 2;
    }
    PosStoreLock *lock = pos_store_lock(argv[1], &error);
    PosStore *store = lock == NULL ? NULL : pos_store_open(argv[1], POS_STORE_WRITE, &error);
    if (store == NULL) {
        g_printerr("%s\n", error->message);
        return 1;
    }
    till_fixture_fill(store);
    pos_store_close(store);
    pos_store_unlock(lock);
    return 0;
}
