/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tills at play: each with a connection up and a stream down, as sync-protocol.md has them. */
#pragma once
#include "tests/load/load_link.h"
#include "tests/load/load_till.h"

G_BEGIN_DECLS

typedef struct {
    const char *host, *tills_file, *data, *store, *path;
    guint16 port;
    bool tls, fire;
    int count, streams, batch, seconds, changes, every_ms, spread_ms, queue;
} LoadOptions;

typedef struct LoadGame LoadGame;

typedef struct {
    LoadGame *game;
    LoadTill *till;
    LoadLink *up, *down;
    bool greeted; /* central said what it has of this till */
    bool busy;    /* a connection or a request is on its way up */
    bool connecting_up;
    bool streaming;  /* the stream's head has come */
    int64_t sent_us; /* when the request left */
    int64_t due_us;  /* when it does its next thing, by the scenario */
    int64_t version; /* the newest whole version that its stream gave; -1 none yet */
    char tail[32];   /* the last bytes of the stream, to find an id across two reads */
    guint tail_length;
} LoadPlayer;

struct LoadGame {
    const LoadOptions *options;
    LoadLoop *loop;
    GPtrArray *tills, *items;
    GPtrArray *players; /* of LoadPlayer* */
    int64_t from_version;
    bool counting;                        /* answers count now */
    int64_t posts, records, errors, lost; /* lost: connections that central closed */
    GArray *latencies;                    /* of int64_t µs, while counting */
    guint connecting, streaming, greeted;
    int64_t newest_version; /* that any stream gave */
    int64_t wanted_version; /* streams that gave it are counted in `reached` */
    guint reached;
    bool post_again; /* an acknowledged player sends the next batch at once */
};

LoadGame *load_game_new(const LoadOptions *options, GError **error);
void load_game_free(LoadGame *game);
/* Adds players for the tills [first, first + count). */
void load_game_add(LoadGame *game, guint first, guint count);
/* Steps until `done` is true or the time is over; false when it was over. */
bool load_game_until(LoadGame *game, bool (*done)(LoadGame *game), int64_t until_us);
/* Opens the streams of players [first, until), some hundreds at a time; false when they are not all
 * open within limit_s. */
bool load_game_open_streams(LoadGame *game, guint first, guint until, int limit_s);
/* Connects and greets players [first, until); false as above. */
bool load_game_greet(LoadGame *game, guint first, guint until, int limit_s);
/* Connects the player's up link or, when it stands, greets or posts. */
void load_player_go(LoadPlayer *player);
void load_player_open_stream(LoadPlayer *player);

/* One JSON object on a line. */
void load_say(const char *name, double value, const char *unit);
/* The share of the latencies, in ms; 0 when there are none. */
double load_game_percentile(LoadGame *game, double share);

/* The scenarios: exit status. */
int load_prepare(const LoadOptions *options);
int load_post(const LoadOptions *options);
int load_fan_out(const LoadOptions *options);
int load_outage(const LoadOptions *options);
int load_day(const LoadOptions *options);

G_END_DECLS
