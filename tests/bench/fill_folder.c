/* SPDX-License-Identifier: GPL-3.0-or-later
 * fill_folder DIR: a till's folder with 100,000 products, for bench_start.py. */
#include "tests/bench/products.h"

int main(int argc, char **argv)
{
    if (argc != 2) {
        g_printerr("fill_folder DIR\n");
        return 2;
    }
    PosStoreLock *lock = NULL;
    pos_store_close(products_open(argv[1], &lock));
    pos_store_unlock(lock);
    return 0;
}
