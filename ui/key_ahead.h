/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is typed and scanned ahead of the screen: while an answer is on its way that may turn the page, keys and codes
 * wait here in their order and then go to the page that they were meant for ("pay, exact cash" pressed in one go). No
 * GTK here, and no clock: times come in. Main thread. */
#pragma once
#include "ui/arrival.h"

G_BEGIN_DECLS

/* More than anyone types ahead; what comes on top is dropped. */
#define UI_KEY_AHEAD_MAX 64u
/* Who presses keys at a screen that stands still for longer means nothing by them. */
#define UI_KEY_AHEAD_US (2 * G_USEC_PER_SEC)

typedef struct UiKeyAhead UiKeyAhead;

/* A key, or (arrival not NULL) a code. */
typedef struct {
    UiArrival *arrival; /* owned by who took it: ui_key_ahead_free_arrival() */
    unsigned keyval, state;
} UiKeyAheadItem;

UiKeyAhead *ui_key_ahead_new(void);
void ui_key_ahead_free(UiKeyAhead *ahead); /* NULL is fine */
void ui_key_ahead_free_arrival(UiArrival *arrival);

/* They nest. */
void ui_key_ahead_hold(UiKeyAhead *ahead);
void ui_key_ahead_release(UiKeyAhead *ahead);

/* TRUE: it waits. fast_keys: how many keys in a row came at a scanner's speed with this one; 0 it carries no text. */
bool ui_key_ahead_key(UiKeyAhead *ahead, unsigned keyval, unsigned state, unsigned fast_keys,
                      int64_t now_us);
/* TRUE: a copy of it waits. */
bool ui_key_ahead_scan(UiKeyAhead *ahead, const UiArrival *arrival, int64_t now_us);
/* The last fast keys turned out to be the beginning of a code: they do not wait any more. */
void ui_key_ahead_forget_scan(UiKeyAhead *ahead);

/* FALSE: nothing waits, or it is still held. Passes over what has waited for more than UI_KEY_AHEAD_US. */
bool ui_key_ahead_next(UiKeyAhead *ahead, int64_t now_us, UiKeyAheadItem *out);

G_END_DECLS
