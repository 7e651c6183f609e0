/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the load generator plays. Each scenario says its figures, one JSON object a line. */
#include "tests/load/load_play.h"

#include "sync/central_store.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_S 180

static int fail(const char *what)
{
    fprintf(stderr, "coster-load: %s\n", what);
    return 1;
}

static int fail_error(GError *error)
{
    int status = fail(error->message);
    g_error_free(error);
    return status;
}

static bool never(LoadGame *game)
{
    return false;
}

/* --- prepare ---------------------------------------------------------------------------------- */

static char *random_hex(gsize bytes)
{
    GString *out = g_string_new(NULL);
    for (gsize i = 0; i < bytes; i++) {
        g_string_append_printf(out, "%02x", g_random_int_range(0, 256));
    }
    return g_string_free(out, FALSE);
}

static bool add_till(CentralStore *store, const char *store_id, int number, GError **error)
{
    g_autofree char *id = random_hex(10);
    g_autofree char *token = random_hex(32);
    g_autofree char *name = g_strdup_printf("load %d", number);
    g_auto(CentralTerminal) made = {0};
    if (!central_store_terminal_add(store, id, store_id, name, "till", token,
                                    g_get_real_time() / 1000, error) ||
        !central_store_terminal_get(store, id, &made, error)) {
        return false;
    }
    printf("%s %s %s\n", id, token, made.receipt_prefix);
    return true;
}

/* Tills without codes, by the database of a central on this machine: ten thousand in seconds. */
int load_prepare(const LoadOptions *options)
{
    GError *error = NULL;
    g_autoptr(CentralStore) store = central_store_open(options->data, CENTRAL_STORE_WRITE, &error);
    if (store == NULL) {
        return fail_error(error);
    }
    for (int done = 0; done < options->count;) {
        if (!central_store_begin(store, &error)) {
            return fail_error(error);
        }
        for (int i = 0; i < 500 && done < options->count; i++, done++) {
            if (!add_till(store, options->store, done + 1, &error)) {
                central_store_rollback(store);
                return fail_error(error);
            }
        }
        if (!central_store_commit(store, &error)) {
            return fail_error(error);
        }
    }
    return 0;
}

/* --- post ------------------------------------------------------------------------------------- */

/* Of the requests that are still on their way: a connection that was forgotten waits for ever. */
static double longest_wait_s(const LoadGame *game)
{
    int64_t oldest_us = g_get_monotonic_time(), now_us = oldest_us;
    for (guint i = 0; i < game->players->len; i++) {
        const LoadPlayer *player = g_ptr_array_index(game->players, i);
        if (player->busy && !player->connecting_up) {
            oldest_us = MIN(oldest_us, player->sent_us);
        }
    }
    return (double)(now_us - oldest_us) / 1e6;
}

static void say_posts(LoadGame *game, double took_s)
{
    load_say("posts a second", (double)game->posts / took_s, "1/s");
    load_say("records a second", (double)game->records / took_s, "1/s");
    load_say("posts", (double)game->posts, "");
    load_say("acknowledged, median", load_game_percentile(game, 0.5), "ms");
    load_say("acknowledged, p99", load_game_percentile(game, 0.99), "ms");
    load_say("longest without an answer", longest_wait_s(game), "s");
    load_say("errors", (double)game->errors, "");
    load_say("connections lost", (double)game->lost, "");
}

/* Streams first (from the end of the tills, so that none of them posts), then posts back to back. */
int load_post(const LoadOptions *options)
{
    GError *error = NULL;
    LoadGame *game = load_game_new(options, &error);
    if (game == NULL) {
        return fail_error(error);
    }
    guint posting = (guint)options->count, streams = (guint)options->streams;
    load_game_add(game, 0, posting);
    load_game_add(game, posting, streams);
    bool bare = strcmp(options->path, "/v1/journal") != 0;
    for (guint i = 0; i < posting && bare; i++) {
        ((LoadPlayer *)g_ptr_array_index(game->players, i))->greeted = true;
    }
    if (!bare && !load_game_greet(game, 0, posting, LIMIT_S)) {
        return fail("not all tills were greeted");
    }
    if (!load_game_open_streams(game, posting, posting + streams, LIMIT_S)) {
        return fail("not all streams could be opened");
    }
    game->post_again = true;
    for (guint i = 0; i < posting; i++) {
        load_player_go(g_ptr_array_index(game->players, i));
    }
    (void)load_game_until(game, never, g_get_monotonic_time() + G_TIME_SPAN_SECOND / 2);
    game->counting = true;
    int64_t since_us = g_get_monotonic_time();
    (void)load_game_until(game, never, since_us + options->seconds * G_TIME_SPAN_SECOND);
    double took_s = (double)(g_get_monotonic_time() - since_us) / 1e6;
    load_say("streams", (double)game->streaming, "");
    say_posts(game, took_s);
    int status = game->errors > 0 || game->posts == 0 || game->streaming < streams ? 1 : 0;
    load_game_free(game);
    return status;
}

/* --- fan-out ---------------------------------------------------------------------------------- */

static bool all_reached(LoadGame *game)
{
    return game->reached >= game->streaming;
}

/* A price change as an administration command makes it; the clock starts when it is committed. */
static bool publish(LoadGame *game, CentralStore *store, int number, int64_t *out_since_us,
                    GError **error)
{
    const LoadItem *item = g_ptr_array_index(game->items, 0);
    g_autofree char *key = g_strdup_printf("%s/%s", item->gtin, item->lot);
    g_autoptr(json_t) old =
        central_store_feed_value(store, game->options->store, "price", key, NULL);
    g_autoptr(json_t) value = old != NULL ? json_deep_copy(old) : json_object();
    json_object_set_new(value, "price", json_integer(item->price + number % 2 + 1));
    json_object_set_new(value, "effective_at", json_string("2026-11-23T09:00:00.000+09:00"));
    CentralChange change = {"price", key, value};
    int64_t version = 0;
    bool good = central_store_publish(store, game->options->store, &change, 1, &version, error);
    *out_since_us = g_get_monotonic_time();
    game->wanted_version = version;
    game->reached = 0;
    return good;
}

static void fired(LoadLink *link, void *user)
{
    load_link_send(
        link, g_string_new("POST /fire HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"), false);
}

static void fire_answered(LoadLink *link, int status, const char *text, gsize length, void *user)
{
}

/* The reference server numbers its events one by one. */
static void fire(LoadGame *game, int64_t *out_since_us)
{
    static const LoadLinkClass class = {fired, fire_answered, NULL, NULL};
    LoadLink *link = load_link_new(game->loop, &class, game);
    game->wanted_version = game->newest_version + 1;
    game->reached = 0;
    *out_since_us = g_get_monotonic_time();
    load_link_open(link);
    load_loop_step(game->loop, 1000);
    (void)load_game_until(game, all_reached, g_get_monotonic_time() + 30 * G_TIME_SPAN_SECOND);
    load_link_free(link);
}

int load_fan_out(const LoadOptions *options)
{
    GError *error = NULL;
    LoadGame *game = load_game_new(options, &error);
    if (game == NULL) {
        return fail_error(error);
    }
    g_autoptr(CentralStore) store = NULL;
    if (!options->fire) {
        store = central_store_open(options->data, CENTRAL_STORE_WRITE, &error);
        if (store == NULL ||
            !central_store_feed_newest(store, options->store, &game->from_version, &error)) {
            return fail_error(error);
        }
    }
    load_game_add(game, 0, (guint)options->streams);
    int64_t since_us = g_get_monotonic_time();
    if (!load_game_open_streams(game, 0, (guint)options->streams, LIMIT_S)) {
        return fail("not all streams could be opened");
    }
    load_say("streams open after", (double)(g_get_monotonic_time() - since_us) / 1e6, "s");
    (void)getchar(); /* who measures memory looks now, and says when to go on */
    for (int i = 0; i < options->changes; i++) {
        if (options->fire) {
            fire(game, &since_us);
        } else if (!publish(game, store, i, &since_us, &error)) {
            return fail_error(error);
        }
        if (!load_game_until(game, all_reached, since_us + 30 * G_TIME_SPAN_SECOND)) {
            return fail("a stream did not hear of a change");
        }
        int64_t took_us = g_get_monotonic_time() - since_us;
        g_array_append_val(game->latencies, took_us);
        (void)load_game_until(game, never, g_get_monotonic_time() + G_TIME_SPAN_SECOND / 5);
    }
    load_say("last stream reached, median", load_game_percentile(game, 0.5), "ms");
    load_say("last stream reached, p99", load_game_percentile(game, 0.99), "ms");
    load_say("streams", (double)game->streaming, "");
    int status = game->streaming < (guint)options->streams || game->lost > 0;
    load_game_free(game);
    return status;
}

/* --- outage ----------------------------------------------------------------------------------- */

static bool all_lost(LoadGame *game)
{
    return game->streaming == 0;
}

static void knocked(LoadLink *link, void *user)
{
    *(bool *)user = true;
}

/* Waits until central takes connections again. */
static bool knock(LoadGame *game, int limit_s)
{
    static const LoadLinkClass class = {knocked, NULL, NULL, NULL};
    bool open = false;
    int64_t until_us = g_get_monotonic_time() + limit_s * G_TIME_SPAN_SECOND;
    while (!open && g_get_monotonic_time() < until_us) {
        LoadLink *link = load_link_new(game->loop, &class, &open);
        int64_t next_us = g_get_monotonic_time() + G_TIME_SPAN_SECOND / 20;
        load_link_open(link);
        while (!open && g_get_monotonic_time() < next_us) {
            load_loop_step(game->loop, 10);
        }
        load_link_free(link);
    }
    return open;
}

/* Greets, posts what was sold meanwhile, closes the way up, opens the stream; again where it failed. */
static bool come_back(LoadGame *game, int64_t now_us)
{
    guint back = 0;
    for (guint i = 0; i < game->players->len; i++) {
        LoadPlayer *player = g_ptr_array_index(game->players, i);
        bool empty = player->till->batch == NULL;
        back += empty && player->streaming;
        if (now_us < player->due_us || (empty && player->streaming)) {
            continue;
        }
        if (!empty && !player->busy) {
            load_player_go(player);
            player->due_us = now_us + G_TIME_SPAN_SECOND;
        } else if (empty && load_link_is_closed(player->down)) {
            load_link_close(player->up);
            player->due_us = now_us + G_TIME_SPAN_SECOND;
            load_player_open_stream(player);
        }
    }
    return back == game->players->len;
}

int load_outage(const LoadOptions *options)
{
    GError *error = NULL;
    LoadGame *game = load_game_new(options, &error);
    if (game == NULL) {
        return fail_error(error);
    }
    guint count = (guint)options->count;
    load_game_add(game, 0, count);
    if (!load_game_greet(game, 0, count, LIMIT_S) ||
        !load_game_open_streams(game, 0, count, LIMIT_S)) {
        return fail("not all tills could connect");
    }
    load_say("tills connected", (double)game->streaming, "");
    if (!load_game_until(game, all_lost, g_get_monotonic_time() + LIMIT_S * G_TIME_SPAN_SECOND)) {
        return fail("the outage did not come");
    }
    for (guint i = 0; i < count; i++) {
        LoadPlayer *player = g_ptr_array_index(game->players, i);
        load_link_close(player->up);
        player->greeted = player->busy = player->connecting_up = false;
        load_till_sell(player->till, game->items, options->queue, g_get_real_time() / 1000);
    }
    game->connecting = 0;
    if (!knock(game, LIMIT_S)) {
        return fail("central did not come back");
    }
    int64_t since_us = g_get_monotonic_time(), now_us = since_us;
    for (guint i = 0; i < count; i++) {
        LoadPlayer *player = g_ptr_array_index(game->players, i);
        player->due_us = since_us + g_random_int_range(0, MAX(options->spread_ms, 1)) * 1000;
    }
    game->lost = game->errors = 0;
    while (!come_back(game, now_us) && now_us - since_us < LIMIT_S * G_TIME_SPAN_SECOND) {
        int64_t next_us = now_us + G_TIME_SPAN_SECOND / 100;
        (void)load_game_until(game, never, next_us);
        now_us = g_get_monotonic_time();
    }
    load_say("all back after", (double)(now_us - since_us) / 1e6, "s");
    load_say("streams", (double)game->streaming, "");
    load_say("errors", (double)game->errors, "");
    load_say("tries again", (double)game->lost, "");
    int status = game->streaming < count;
    load_game_free(game);
    return status;
}

/* --- a day ------------------------------------------------------------------------------------ */

/* Each till holds its stream and sells now and then; what central closes is opened again. */
int load_day(const LoadOptions *options)
{
    GError *error = NULL;
    LoadGame *game = load_game_new(options, &error);
    if (game == NULL) {
        return fail_error(error);
    }
    guint count = (guint)options->count;
    load_game_add(game, 0, count);
    if (!load_game_greet(game, 0, count, LIMIT_S) ||
        !load_game_open_streams(game, 0, count, LIMIT_S)) {
        return fail("not all tills could connect");
    }
    int64_t since_us = g_get_monotonic_time(), now_us = since_us;
    int every_us = options->every_ms * 1000;
    for (guint i = 0; i < count; i++) {
        LoadPlayer *player = g_ptr_array_index(game->players, i);
        player->due_us = since_us + g_random_int_range(0, every_us);
    }
    game->counting = true;
    while (now_us - since_us < options->seconds * G_TIME_SPAN_SECOND) {
        for (guint i = 0; i < count; i++) {
            LoadPlayer *player = g_ptr_array_index(game->players, i);
            if (now_us >= player->due_us) {
                player->due_us += g_random_int_range(every_us / 2, every_us * 3 / 2 + 1);
                load_player_go(player);
            }
        }
        (void)load_game_until(game, never, now_us + G_TIME_SPAN_SECOND / 100);
        now_us = g_get_monotonic_time();
    }
    load_say("streams", (double)game->streaming, "");
    say_posts(game, (double)(now_us - since_us) / 1e6);
    int status = game->errors > 0 || game->streaming < count;
    load_game_free(game);
    return status;
}
