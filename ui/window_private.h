/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the files of the window share; no one else includes it: window.c is the shell, window_money.c the drawer, receipts,
 * approvals and payments that take time. */
#pragma once
#include "ui/camera.h"
#include "ui/doubt_bar.h"
#include "ui/header.h"
#include "ui/scan_input.h"
#include "ui/window.h"
#include "ui/window_selling.h"

G_BEGIN_DECLS

/* Owned by window_money.c. */
typedef struct {
    UiApprovalView *approval;
    UiDrawerView *drawer;
    UiReceiptsView *receipts;
    UiSound *sound;
    GtkWidget *banner;
    UiDoubtBar *doubt;
    json_t *record;         /* on the paper that is shown; NULL none */
    const char *paper_type; /* of a report; NULL: a receipt */
    char hash_hex[65];
    bool paper_training;
    char *camera_path;     /* by setting; NULL the first one */
    PosTillCommand *asked; /* waits for a second person's approval; NULL none */
    char asked_from[16];   /* the page that it came from */
    guint charge_timer;    /* a charge is looked at until it is over; 0 none */
    bool training, locked;
} UiWindowMoney;

struct _UiWindow {
    AdwApplicationWindow parent;
    GtkStack *pages;
    UiHeaderBar *header;
    AdwStatusPage *problem;
    UiLoginView *login;
    /* NULL until ui_window_build(), as are those of `money` and `selling`: */
    UiSaleView *sale;
    UiTenderView *tender;
    UiReceiptView *receipt;
    UiEnrolView *enrol;
    UiDevicesView *devices;
    UiShop *shop; /* as last heard; owned, NULL before */
    UiTillThread *thread;
    UiCamera *camera;
    char *camera_source; /* nullable: the setting */
    UiScanInput *input;
    UiSelling *selling;
    guint timer;
    guint drawn; /* frames since there is something to see */
    SyncLink link;
    char *operator_name; /* "" nobody */
    char *operator_id;
    bool scale_asked, scale_stale;
    bool built; /* every page is there */
    bool opened, shift_open, tiles_stale, tiles_asked, stopped;
    bool paying;         /* what is due is being asked for */
    bool camera_asked;   /* a code of the camera is with the till */
    UiWindowMoney money; /* ui/window_money.c */
};

/* --- window.c ------------------------------------------------------------------------------------- */

/* Makes the pages that the first frame does not need, if they are not there yet. It comes by itself when the first page has
 * been drawn, or before, when something wants one of them. */
void ui_window_build(UiWindow *self);
void ui_window_send(UiWindow *self, const PosTillCommand *command);
void ui_window_show_page(UiWindow *self, const char *name);
/* The page that the till's state asks for: login, the float, or the sale. */
void ui_window_show_home(UiWindow *self);
void ui_window_show_devices(UiWindow *self);
bool ui_window_has_operator(UiWindow *self);

/* --- window_money.c ------------------------------------------------------------------------------- */

void ui_window_money_init(UiWindow *self);
/* Its pages; part of ui_window_build(). */
void ui_window_money_build(UiWindow *self);
void ui_window_money_stop(UiWindow *self);
void ui_window_money_set_shop(UiWindow *self, const UiShop *shop);
void ui_window_money_set_header(UiWindow *self, const UiHeader *header);
/* TRUE: the event was for one of these pages and is dealt with. command: what it answers; nullable. */
bool ui_window_money_apply(UiWindow *self, const PosTillCommand *command,
                           const PosTillEvent *event);
/* A key of one of these pages, or one that opens them wherever it may. */
gboolean ui_window_money_key(UiWindow *self, guint keyval, GdkModifierType state);
/* TRUE: the scanned text was for one of these pages (a badge, a receipt's code). */
bool ui_window_money_scan(UiWindow *self, const char *text, gsize length);
/* What the terminal's own settings mean here: sounds, camera. */
void ui_window_money_set_devices(UiWindow *self, const PosDeviceSettings *settings);

/* ui/window.c: the camera's setting is another; what runs by it begins anew. */
void ui_window_restart_camera(UiWindow *self);

G_END_DECLS
