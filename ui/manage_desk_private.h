/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the files of ui/manage_desk share. */
#pragma once
#include "pos/store.h"
#include "ui/manage_desk.h"

G_BEGIN_DECLS

struct UiManageDesk {
    PosStoreLock *lock;
    PosStore *store;
    SyncClient *sync;     /* NULL: offline */
    SyncReports *reports; /* NULL: not enrolled */
    char *operator_id;    /* NULL before the log-in */
};

int64_t ui_manage_now_ms(void);
json_t *ui_manage_refused(const char *message);
/* "" where there is none. Borrowed. */
const char *ui_manage_text(const json_t *object, const char *member);
/* Writes a decision: the request's members without `do` and `id`. */
json_t *ui_manage_decide(UiManageDesk *desk, const json_t *request);

json_t *ui_manage_header(UiManageDesk *desk, const json_t *request);
json_t *ui_manage_morning(UiManageDesk *desk, const json_t *request);
json_t *ui_manage_advice(UiManageDesk *desk, const json_t *request);
json_t *ui_manage_operator(UiManageDesk *desk, const json_t *request);
json_t *ui_manage_code(UiManageDesk *desk, const json_t *request);
json_t *ui_manage_import(UiManageDesk *desk, const json_t *request);

G_END_DECLS
