/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the tasks share: a list of steps, each asks and takes an answer. */
#pragma once
#include "ui/task.h"

G_BEGIN_DECLS

typedef struct {
    /* Fills the question; false: not asked this time. */
    bool (*ask)(UiTask *task, UiQuestion *question);
    /* Takes the answer: choice (of a CHOICE), else text. NULL, or one sentence, owned. */
    char *(*take)(UiTask *task, guint choice, const char *text);
} UiStep;

struct UiTask {
    UiTaskKind kind;
    PosCurrency currency;
    GTimeZone *zone;
    char *line_name;
    GPtrArray *departments; /* PosDepartment* of its own */
    const UiStep *steps;
    guint step, steps_count;
    UiQuestion question;
    bool asks, sends, waits, over;
    PosTillCommand command; /* what is being put together; strings owned */
    const char *act;
    int choice; /* an earlier answer that later steps look at */
    /* what the till has answered */
    json_t *rows;          /* tickets, receipts */
    json_t *record, *left; /* the receipt */
    int unit;              /* PosUnit of what comes back without a receipt */
    int64_t left_now;      /* pieces or grams that can be taken back of the chosen row */
    bool looks;            /* the command under way only looks */
};

void ui_question_choice(UiQuestion *question, const char *label, const char *detail);
/* The same reasons wherever one is asked for; the last leads to typing. */
void ui_question_reasons(UiQuestion *question);
/* The reason in words; NULL for the last one. Static. */
const char *ui_task_reason(guint choice);
void ui_task_set(char **member, const char *text);
/* Sends a command that only looks; the steps go on with its answer. */
void ui_task_look(UiTask *task, PosTillVerb verb);

extern const UiStep ui_task_take_back_steps[];
extern const guint ui_task_take_back_count;
bool ui_task_take_back_hear(UiTask *task, const PosTillEvent *event);
/* A receipt, or goods that come back without one, was scanned: goes to the step that takes it. */
bool ui_task_take_back_scan(UiTask *task, const char *text);

G_END_DECLS
