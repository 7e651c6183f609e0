/* SPDX-License-Identifier: GPL-3.0-or-later
 * A shop in one process and in virtual time: real central data code on SQLite, real terminal stores and
 * sync runners, and between them a network that exists only here. All chance comes from one seed, so a
 * run can be played again. One thread. */
#pragma once
#include "pos/clock.h"
#include "pos/store.h"
#include "sync/central_store.h"
#include "sync/runner.h"

G_BEGIN_DECLS

#define SIM_APPLE "09521234500018"
#define SIM_GRAPE "09521234500025"
#define SIM_WALL_MS 1795392000000LL /* 2026-11-23T00:00:00Z, at time 0 */
#define SIM_TILLS_MAX 8

/* central: what stands for coster-central. */
typedef struct {
    char *dir;
    CentralStore *store; /* NULL while it is down */
    char *backup;        /* a file, NULL none */
    guint dirs;          /* folders made so far */
    guint starts;        /* a stream ends with the central that opened it */
    int64_t prices;      /* published */
    bool forgot;
} SimCentral;

typedef struct {
    char *dir;
    PosStore *store; /* the till's own connection; NULL while it is off */
    SyncRunner *runner;
    PosClock clock;
    int64_t wall_offset_ms; /* how wrong its wall clock is */
    int64_t off_until_ms;
    int64_t applied; /* the newest version seen here, of `epoch` */
    char *epoch;
    bool woken;
    int64_t enrol_at_ms; /* 0: no need seen */
} SimTill;

typedef struct {
    GRand *rand;
    guint32 seed;
    int64_t now_ms; /* boot time of everything */
    int64_t faults_end_ms;
    bool blocking; /* a poll may let time pass: enrolment */
    SimCentral central;
    SimTill tills[SIM_TILLS_MAX];
    guint tills_count;
    GHashTable *confirmed; /* lines that a till was told to be on disk */
    guint64 requests, lost, cut, kills, forks;
} SimWorld;

/* The one that runs; sync_transfer_new() knows no other way to it. */
extern SimWorld *sim_world;

/* Whether a fault of this chance happens now; never after the faults' end. */
bool sim_faulty(int percent);

/* --- sim_transfer.c: sync/transfer.h without a network ---------------------------------------- */

/* When the next thing happens to a request of this transfer's owner; INT64_MAX never. */
typedef struct SyncTransfer SyncTransfer;
int64_t sim_transfer_due(const SyncTransfer *transfer);

/* --- sim_central.c ---------------------------------------------------------------------------- */

void sim_central_open(void);
void sim_central_close(void);
/* Ends it without a word; what was not committed is gone. */
void sim_central_kill(void);
void sim_central_start(void);
bool sim_central_is_up(void);
/* One commit: both prices, always equal, and sometimes more. */
void sim_central_publish(void);
/* Keeps a copy; later, central is made anew from it with another epoch. */
void sim_central_back_up(void);
void sim_central_restore(void);
/* Loses the newest records of a terminal, as a cluster may that lost its newest commits. */
void sim_central_forget(const char *terminal, int64_t count);
/* A code for a terminal of the store. Owned. */
char *sim_central_code(void);

/* A request to it. body NULL: GET. *out_body owned. The status; 0 when it died of it. */
int sim_central_answer(const char *method, const char *path, const char *token, const char *body,
                       gsize length, char **out_body);
/* What a stream that stands at *position is given next, "" nothing; false when it is to be closed. */
bool sim_central_stream(const char *token, int64_t *position, GString *out);
/* The path's "after". */
int64_t sim_central_after(const char *path);

/* --- sim_check.c ------------------------------------------------------------------------------ */

/* Everything that must hold when all is quiet; asserts. */
void sim_check_all(void);
/* What must hold of a till at any time after its feed may have moved. */
void sim_check_till(SimTill *till);

G_END_DECLS
