/* SPDX-License-Identifier: GPL-3.0-or-later
 * The program `coster-terminal`. */
#include "ui/cli.h"

int main(int argc, char **argv)
{
    return ui_cli_main(argc, argv);
}
