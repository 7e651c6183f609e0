/* SPDX-License-Identifier: GPL-3.0-or-later
 * Drives the real window from a file of JSON lines, for demonstrations and pictures of the screens where nobody sits
 * before them. Each line is one action, carried out through the same screens that a person uses, when the one before has
 * been answered:
 *
 *   {"do":"enrol","url":"https://…","code":"…"}      {"do":"login","operator":"u01","pin":"1234"}
 *   {"do":"float","amount":100000}                   {"do":"scan","text":"…"}
 *   {"do":"search","text":"…"}                       {"do":"category","id":"fruit"}
 *   {"do":"type","digits":"450"} {"do":"enter"}      into the pad of the page, and its OK
 *   {"do":"act","what":"quantity"}                   what ui_sale_view_act() knows
 *   {"do":"say","text":"3*4017"}                     typed and Return: the command line, or a question's entry
 *   {"do":"choose","number":2}                       a choice of the question
 *   {"do":"text-size","percent":200}
 *   {"do":"pay"} {"do":"cash","amount":20000}        {"do":"exact"} {"do":"card"} {"do":"back"} {"do":"next"}
 *   {"do":"camera","on":true}                        {"do":"dark","on":true}
 *   {"do":"size","width":1920,"height":1080}         {"do":"wait","page":"sale"} {"do":"wait","online":true}
 *   {"do":"wait","lines":2}                          lines in the cart
 *   {"do":"screenshot","path":"sale.png"}            {"do":"quit"}
 *
 * An action that cannot be carried out ends the program with exit status 1 and one sentence on stderr. Main
 * thread. */
#pragma once
#include "ui/window.h"

G_BEGIN_DECLS

typedef struct UiScript UiScript;

/* Reads the whole file first: POS_ERROR_INVALID names the line. */
UiScript *ui_script_load(const char *path, GError **error);
/* Starts; the window is borrowed and must live until the script is freed. At the end of the file the program goes on,
 * with "quit" it ends. */
void ui_script_start(UiScript *script, UiWindow *window);
/* 0, or 1 after an action failed. */
int ui_script_exit_status(const UiScript *script);
void ui_script_free(UiScript *script);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(UiScript, ui_script_free)

/* The window's own picture as a PNG file, without asking the display for it. POS_ERROR_NOT_FOUND while the window is being
 * laid out and has no picture yet. */
bool ui_script_save_picture(GtkWidget *window, const char *path, GError **error);

G_END_DECLS
