/* SPDX-License-Identifier: GPL-3.0-or-later
 * The program `coster-central`. */
#include "sync/central_admin.h"

int main(int argc, char **argv)
{
    return central_admin_main(argc, argv);
}
