/* SPDX-License-Identifier: GPL-3.0-or-later
 * The command line of coster-central: one table of commands, each a function over the options that
 * were given. Every command opens the database itself and works beside a running serve. Exit
 * status: 0 done, 1 not done, 2 the command line is wrong. */
#pragma once
#include "sync/central_store.h"

G_BEGIN_DECLS

/* What was given; NULL or false when not. All borrowed from argv. */
typedef struct {
    const char *data, *database, *store, *mode, *valid, *tls_dir, *listen, *port_file, *name,
        *language;
    const char *currency, *time_zone, *operator_, *role, *terminal, *gtin, *lot, *price, *why;
    const char *list_price, *floor, *ceiling, *status, *reason, *action, *at, *seq, *key, *png;
    const char *need, *pay, *from, *until, *supplier, *type, *href, *title, *media_type, *languages,
        *context;
    bool demo, join, restored, plain, dry_run, apply, resume, all, is_default;
    GPtrArray *words; /* of const char*: what follows the command's own words */
} CentralOptions;

#define CENTRAL_EXIT_OK 0
#define CENTRAL_EXIT_FAILED 1
#define CENTRAL_EXIT_USAGE 2

/* The program. */
int central_admin_main(int argc, char **argv);

/* One sentence on stderr; gives the exit status back. */
int central_admin_fail(const GError *error);
int central_admin_usage(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Opens --data; NULL after saying why. */
CentralStore *central_admin_open(const CentralOptions *options, CentralStoreAccess access);
/* Whether --store names a store; says so otherwise. */
bool central_admin_has_store(CentralStore *store, const CentralOptions *options);
/* A GTIN of 8, 12, 13 or 14 digits with a right check digit, as 14 digits. */
bool central_admin_gtin(const char *text, char out[15], GError **error);
/* The feed key "GTIN" or "GTIN/lot" of --gtin and --lot, owned; NULL after saying why. */
char *central_admin_item_key(const CentralOptions *options);
/* A whole number within bounds, nothing around it. */
bool central_admin_number(const char *text, const char *what, int64_t min, int64_t max,
                          int64_t *out, GError **error);
/* One JSON object a line on stdout, keys sorted. value is stolen. */
void central_admin_print(json_t *value);
/* Publishes one item and says the version. value NULL deletes. */
int central_admin_publish(CentralStore *store, const char *store_id, const char *kind,
                          const char *key, const json_t *value);
/* Unix ms by this machine's clock. */
int64_t central_admin_now_ms(void);

/* The commands (central_admin_*.c). Each gives the exit status. */
int central_admin_init(const CentralOptions *options);
int central_admin_serve(const CentralOptions *options);
int central_admin_enrol_code(const CentralOptions *options);
int central_admin_store_add(const CentralOptions *options);
int central_admin_store_list(const CentralOptions *options);
int central_admin_operator_set(const CentralOptions *options);
int central_admin_operator_badge(const CentralOptions *options);
int central_admin_operator_list(const CentralOptions *options);
int central_admin_operator_remove(const CentralOptions *options);
int central_admin_terminal_list(const CentralOptions *options);
int central_admin_terminal_revoke(const CentralOptions *options);
int central_admin_setting_get(const CentralOptions *options);
int central_admin_setting_set(const CentralOptions *options);
int central_admin_price_set(const CentralOptions *options);
int central_admin_price_pause(const CentralOptions *options);
int central_admin_recall_add(const CentralOptions *options);
int central_admin_recall_lift(const CentralOptions *options);
int central_admin_offer_add(const CentralOptions *options);
int central_admin_offer_list(const CentralOptions *options);
int central_admin_offer_end(const CentralOptions *options);
int central_admin_taught_list(const CentralOptions *options);
int central_admin_import(const CentralOptions *options);
int central_admin_reprice(const CentralOptions *options);
int central_admin_why(const CentralOptions *options);
int central_admin_journal(const CentralOptions *options);
int central_admin_verify(const CentralOptions *options);
int central_admin_rebuild(const CentralOptions *options);
int central_admin_inbox_list(const CentralOptions *options);
int central_admin_inbox_book(const CentralOptions *options);
int central_admin_figures(const CentralOptions *options);
int central_admin_audit(const CentralOptions *options);
int central_admin_key_next(const CentralOptions *options);
int central_admin_key_switch(const CentralOptions *options);
int central_admin_support(const CentralOptions *options);
int central_admin_metrics_token(const CentralOptions *options);
int central_admin_supplier_add(const CentralOptions *options);
int central_admin_supplier_list(const CentralOptions *options);
int central_admin_supplier_revoke(const CentralOptions *options);
int central_admin_public_url(const CentralOptions *options);
int central_admin_link_add(const CentralOptions *options);
int central_admin_link_list(const CentralOptions *options);
int central_admin_link_remove(const CentralOptions *options);
int central_admin_epcis_import(const CentralOptions *options);
int central_admin_epcis_route(const CentralOptions *options);
int central_admin_backup(const CentralOptions *options);
int central_admin_restore(const CentralOptions *options);

G_END_DECLS
