/* SPDX-License-Identifier: GPL-3.0-or-later
 * The commands of the till's command line as ui/cli_main.c calls them (ui/cli.h says how). */
#pragma once

int ui_cli_device(int argc, char **argv); /* cli_device.c */
int ui_cli_enrol(int argc, char **argv);  /* cli_enrol.c */
int ui_cli_sync(int argc, char **argv);   /* cli_enrol.c */
int ui_cli_till(int argc, char **argv);   /* cli_till.c */
int ui_cli_status(int argc, char **argv); /* cli_status.c */
int ui_cli_verify(int argc, char **argv); /* cli_status.c */
int ui_cli_journal(int argc, char **argv);
int ui_cli_export(int argc, char **argv);  /* cli_status.c */
int ui_cli_feed(int argc, char **argv);    /* cli_status.c */
int ui_cli_manage(int argc, char **argv); /* cli_manage.c */
int ui_cli_rcn(int argc, char **argv);     /* cli_rcn.c */
int ui_cli_receipt(int argc, char **argv); /* cli_receipt.c */
int ui_cli_print(int argc, char **argv);   /* cli_printer.c */
