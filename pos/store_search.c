/* SPDX-License-Identifier: GPL-3.0-or-later
 * Product search as you type: any part of a name in any language, Korean names by their initial consonants too, any
 * part of a PLU or a GTIN. The searched texts of all products lie in one block in name order, about 100 bytes a product,
 * so one pass over it finds the first matches in the order in which they are shown; an index of short parts would be
 * larger and does not know one-syllable words. The pass steps over stretches of products that cannot hold the text: for
 * each stretch there are the pairs and triples of bytes that stand in it, as bits of a small table. Of a large catalogue the block is made on a thread of its own with its
 * own connection: when the till starts and when products have changed; until it is there the one before answers, and
 * before the first a pass over the table does. So no key ever waits for it. */
#include "pos/store_private.h"

#include <string.h>

#define MADE_AT_ONCE 4000 /* products: some milliseconds */

struct StoreSearch {
    char language[3];
    int64_t products_changed; /* feed_state's count when it was read */
    GString *texts;           /* folded names, PLU, GTIN; '\n' between, '\0' after each product */
    GArray *ends;             /* of gsize: offset behind each product's text */
    GArray *gtins;            /* of Gtin */
    GArray *categories;       /* of int: index into category_ids */
    GPtrArray *category_ids;  /* of char*, owned */
    GArray *grams;            /* of Grams: one for each STRETCH products, in their order */
};

#define STRETCH 64 /* products: about 6 KB of text */
#define GRAM_BITS 8192
typedef struct {
    uint64_t bits[GRAM_BITS / 64];
} Grams;
#define NEEDLE_GRAMS_MAX 64 /* of what was typed; more decide nothing */

typedef struct {
    char digits[15];
} Gtin;

/* One product while the block is being made: where its text and the name that it is sorted by begin
 * in `raw`. */
typedef struct {
    const GString *raw;
    gsize text, name;
    Gtin gtin;
    int category;
} Entry;

void store_search_free(StoreSearch *search)
{
    if (search == NULL) {
        return;
    }
    g_string_free(search->texts, TRUE);
    g_array_unref(search->ends);
    g_array_unref(search->gtins);
    g_array_unref(search->categories);
    g_ptr_array_unref(search->category_ids);
    g_array_unref(search->grams);
    g_free(search);
}

char *store_fold(const char *text)
{
    g_autofree char *composed = g_utf8_normalize(text != NULL ? text : "", -1, G_NORMALIZE_NFKC);
    return composed == NULL ? g_strdup("") : g_utf8_casefold(composed, -1);
}

/* The initial consonants of the Hangul syllables of a text, other characters as they are, blanks left out: 대파 is ㄷㅍ in
 * the conjoining jamo that NFKC makes of typed consonants (Unicode 15, 3.12: L = 0x1100 + (s - 0xAC00) / 588). */
static void append_initials(GString *out, const char *folded, gsize length)
{
    for (const char *p = folded; p < folded + length; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        if (c >= 0xAC00 && c <= 0xD7A3) {
            g_string_append_unichar(out, 0x1100 + (c - 0xAC00) / 588);
        } else if (c != ' ') {
            g_string_append_unichar(out, c);
        }
    }
}

static const char *const LANGUAGES[] = {"ko", "en", "zh"};

static int language_index(const char *language)
{
    for (int i = 0; language != NULL && i < (int)G_N_ELEMENTS(LANGUAGES); i++) {
        if (g_ascii_strncasecmp(language, LANGUAGES[i], 2) == 0) {
            return i;
        }
    }
    return 0;
}

/* Where the name to sort by begins in `folded`, which holds the names in ko, en, zh, a line each:
 * the wanted one, else the first that is there. */
static gsize name_offset(const char *folded, int language)
{
    gsize first = 0;
    bool has_first = false;
    const char *line = folded;
    for (int i = 0; i < 3; i++) {
        gsize length = strcspn(line, "\n");
        if (length > 0 && !has_first) {
            first = (gsize)(line - folded);
            has_first = true;
        }
        if (length > 0 && i == language) {
            return (gsize)(line - folded);
        }
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    return first;
}

/* By name to the end of its line, then by GTIN. */
static gint compare_entries(gconstpointer a, gconstpointer b)
{
    const Entry *x = a, *y = b;
    const unsigned char *left = (const unsigned char *)x->raw->str + x->name;
    const unsigned char *right = (const unsigned char *)y->raw->str + y->name;
    while (*left == *right && *left != '\n') {
        left++;
        right++;
    }
    if (*left != *right) {
        /* A name that ends is before one that goes on: '\n' is below every letter. */
        return *left < *right ? -1 : 1;
    }
    return strcmp(x->gtin.digits, y->gtin.digits);
}

static int category_index(StoreSearch *search, GHashTable *known, const char *id)
{
    void *found;
    if (g_hash_table_lookup_extended(known, id, NULL, &found)) {
        return GPOINTER_TO_INT(found);
    }
    int index = (int)search->category_ids->len;
    char *owned = g_strdup(id);
    g_ptr_array_add(search->category_ids, owned);
    g_hash_table_insert(known, owned, GINT_TO_POINTER(index));
    return index;
}

static bool read_entries(PosStore *store, StoreSearch *search, int language, GString *raw,
                         GArray *entries, GError **error)
{
    static const char sql[] = "SELECT gtin, plu, category, folded FROM product";
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    int found = -1;
    while (query != NULL && (found = store_next(store, query, error)) == 1) {
        const char *gtin = store_text(query, 0), *folded = store_text(query, 3);
        Entry entry = {.raw = raw,
                       .text = raw->len,
                       .name = raw->len + name_offset(folded, language),
                       .category = category_index(search, known, store_text(query, 2))};
        g_strlcpy(entry.gtin.digits, gtin, sizeof entry.gtin.digits);
        g_string_append(raw, folded);
        g_string_append_c(raw, '\n');
        append_initials(raw, folded, strcspn(folded, "\n")); /* the Korean name is the first line */
        g_string_append_c(raw, '\n');
        g_string_append(raw, store_text(query, 1));
        g_string_append_c(raw, '\n');
        g_string_append_len(raw, gtin, (gssize)strlen(gtin) + 1); /* with its NUL */
        g_array_append_val(entries, entry);
    }
    return found == 0;
}

/* A bit number for two or three bytes (third 0 for two): a multiplicative hash, its upper bits. */
static uint32_t gram_bit(unsigned char first, unsigned char second, unsigned char third)
{
    const uint32_t gram = (uint32_t)first | (uint32_t)second << 8 | (uint32_t)third << 16;
    return (gram * 2654435761u) >> (32 - 13);
}
G_STATIC_ASSERT(GRAM_BITS == 1 << 13);

/* The grams of a text, '\n' included: what is typed never has one. */
static void grams_add(Grams *grams, const char *text)
{
    const unsigned char *byte = (const unsigned char *)text;
    for (; byte[0] != '\0' && byte[1] != '\0'; byte++) {
        const uint32_t two = gram_bit(byte[0], byte[1], 0);
        const uint32_t three = gram_bit(byte[0], byte[1], byte[2]); /* at the end: two again */
        grams->bits[two / 64] |= UINT64_C(1) << two % 64;
        grams->bits[three / 64] |= UINT64_C(1) << three % 64;
    }
}

/* The bits that a stretch with the needle in it must have. A needle of one byte has none. */
static int needle_grams(const char *needle, uint32_t out[NEEDLE_GRAMS_MAX])
{
    const unsigned char *byte = (const unsigned char *)needle;
    int count = 0;
    for (; byte[0] != '\0' && byte[1] != '\0' && count + 2 <= NEEDLE_GRAMS_MAX; byte++) {
        out[count++] = gram_bit(byte[0], byte[1], 0);
        if (byte[2] != '\0') {
            out[count++] = gram_bit(byte[0], byte[1], byte[2]);
        }
    }
    return count;
}

static bool grams_have(const Grams *grams, const uint32_t *wanted, int count)
{
    for (int i = 0; i < count; i++) {
        if ((grams->bits[wanted[i] / 64] & UINT64_C(1) << wanted[i] % 64) == 0) {
            return false;
        }
    }
    return true;
}

static void pack(StoreSearch *search, const GString *raw, GArray *entries)
{
    g_array_sort(entries, compare_entries);
    g_string_free(search->texts, TRUE);
    search->texts = g_string_sized_new(raw->len + 1);
    for (guint i = 0; i < entries->len; i++) {
        const Entry *entry = &g_array_index(entries, Entry, i);
        const char *text = raw->str + entry->text;
        g_string_append_len(search->texts, text, (gssize)strlen(text) + 1);
        gsize end = search->texts->len;
        g_array_append_val(search->ends, end);
        g_array_append_val(search->gtins, entry->gtin);
        g_array_append_val(search->categories, entry->category);
        if (i % STRETCH == 0) {
            g_array_set_size(search->grams, i / STRETCH + 1); /* zeroed */
        }
        grams_add(&g_array_index(search->grams, Grams, i / STRETCH), text);
    }
}

static bool products_changed(PosStore *store, int64_t *out, GError **error)
{
    static const char sql[] = "SELECT products_changed FROM feed_state WHERE id = 1";
    g_autoptr(StoreQuery) query = store_query(store, sql, error, "");
    if (query == NULL || store_next(store, query, error) != 1) {
        return false;
    }
    *out = sqlite3_column_int64(query, 0);
    return true;
}

static StoreSearch *search_make(PosStore *store, int language, int64_t changed, GError **error)
{
    StoreSearch *search = g_new0(StoreSearch, 1);
    memcpy(search->language, LANGUAGES[language], sizeof search->language);
    search->products_changed = changed;
    search->texts = g_string_new(NULL);
    search->ends = g_array_new(FALSE, FALSE, sizeof(gsize));
    search->gtins = g_array_new(FALSE, FALSE, sizeof(Gtin));
    search->categories = g_array_new(FALSE, FALSE, sizeof(int));
    search->category_ids = g_ptr_array_new_with_free_func(g_free);
    search->grams = g_array_new(FALSE, TRUE, sizeof(Grams));
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(Entry));
    GString *raw = g_string_new(NULL);
    bool fine = read_entries(store, search, language, raw, entries, error);
    if (fine) {
        pack(search, raw, entries);
    }
    g_string_free(raw, TRUE);
    if (!fine) {
        store_search_free(search);
        return NULL;
    }
    return search;
}

/* --- on a thread of its own --------------------------------------------------------------------- */

struct StoreSearchMaking {
    GThread *thread;
    char *dir;
    int language;
    gint done;           /* atomic */
    StoreSearch *result; /* NULL when it failed; the joiner's */
};

static gpointer make_aside(gpointer data)
{
    StoreSearchMaking *making = data;
    g_autoptr(PosStore) store = pos_store_open(making->dir, POS_STORE_READ_ONLY, NULL);
    int64_t changed = 0;
    if (store != NULL && products_changed(store, &changed, NULL)) {
        making->result = search_make(store, making->language, changed, NULL);
    }
    g_atomic_int_set(&making->done, 1);
    return NULL;
}

static void making_begin(PosStore *store, int language)
{
    StoreSearchMaking *making = g_new0(StoreSearchMaking, 1);
    making->dir = g_path_get_dirname(store->path);
    making->language = language;
    making->thread = g_thread_new("search", make_aside, making);
    store->making = making;
}

/* Waits for the thread; its block is the caller's, NULL when it made none. */
static StoreSearch *making_end(PosStore *store)
{
    StoreSearchMaking *making = g_steal_pointer(&store->making);
    g_thread_join(making->thread);
    StoreSearch *result = making->result;
    g_free(making->dir);
    g_free(making);
    return result;
}

void store_search_close(PosStore *store)
{
    if (store->making != NULL) {
        store_search_free(making_end(store));
    }
    g_clear_pointer(&store->search, store_search_free);
}

static bool is_large(PosStore *store)
{
    static const char sql[] = "SELECT count(*) FROM (SELECT 1 FROM product LIMIT ?)";
    g_autoptr(StoreQuery) query = store_query(store, sql, NULL, "i", (int64_t)MADE_AT_ONCE + 1);
    return query != NULL && store_next(store, query, NULL) == 1 &&
           sqlite3_column_int64(query, 0) > MADE_AT_ONCE;
}

static bool is_of(const StoreSearch *search, int language, int64_t changed)
{
    return search != NULL && search->products_changed == changed &&
           strcmp(search->language, LANGUAGES[language]) == 0;
}

/* The best block there is for the language: of the present products, else the one before (another one is then being
 * made), else NULL. False when the file cannot be read. */
static bool search_for(PosStore *store, const char *language, StoreSearch **out, GError **error)
{
    int index = language_index(language);
    int64_t changed;
    *out = NULL;
    if (!products_changed(store, &changed, error)) {
        return false;
    }
    if (store->making != NULL && g_atomic_int_get(&store->making->done) != 0) {
        StoreSearch *made = making_end(store);
        if (made != NULL) {
            g_clear_pointer(&store->search, store_search_free);
            store->search = made;
        }
    }
    if (!is_of(store->search, index, changed)) {
        if (!is_large(store)) {
            StoreSearch *made = search_make(store, index, changed, error);
            g_clear_pointer(&store->search, store_search_free);
            store->search = made;
            *out = made;
            return made != NULL;
        }
        if (store->making == NULL) {
            making_begin(store, index);
        }
    }
    *out = store->search;
    return true;
}

void pos_store_search_prepare(PosStore *store, const char *language, bool wait)
{
    StoreSearch *search = NULL;
    store_check(store);
    search_for(store, language, &search, NULL);
    if (wait && store->making != NULL) {
        StoreSearch *made = making_end(store);
        g_clear_pointer(&store->search, store_search_free);
        store->search = made;
    }
}

/* The product whose text holds the byte at offset: the first whose end is beyond it, at or after
 * `from`. */
static guint product_at(const StoreSearch *search, guint from, gsize offset)
{
    guint low = from, high = search->ends->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(search->ends, gsize, middle) > offset) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static gsize start_of(const StoreSearch *search, guint product)
{
    return product == 0 ? 0 : g_array_index(search->ends, gsize, product - 1);
}

/* What was typed, and what a stretch needs to hold it. */
typedef struct {
    const char *text;
    gsize length;
    uint32_t grams[NEEDLE_GRAMS_MAX];
    int grams_count;
} Needle;

/* The next product at or after `from` whose text holds the needle; the count when there is none. */
static guint next_match(const StoreSearch *search, guint from, const Needle *needle)
{
    const guint count = search->ends->len;
    if (needle->length == 0) {
        return MIN(from, count);
    }
    while (from < count) {
        const guint stretch = from / STRETCH;
        const guint until = MIN(count, (stretch + 1) * STRETCH);
        const Grams *grams = &g_array_index(search->grams, Grams, stretch);
        if (grams_have(grams, needle->grams, needle->grams_count)) {
            const gsize start = start_of(search, from);
            const char *found = memmem(search->texts->str + start, start_of(search, until) - start,
                                       needle->text, needle->length);
            if (found != NULL) {
                return product_at(search, from, (gsize)(found - search->texts->str));
            }
        }
        from = until;
    }
    return count;
}

static int wanted_category(const StoreSearch *search, const char *category)
{
    for (guint i = 0; category != NULL && i < search->category_ids->len; i++) {
        if (strcmp(g_ptr_array_index(search->category_ids, i), category) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* Before the first block of a large catalogue: a pass over the table, in the order of the GTINs, that ends with the
 * max-th match or after PASS_PRODUCTS of them. */
#define PASS_PRODUCTS 10000

static void pass(PosStore *store, const char *needle, const char *category, gsize max,
                 GPtrArray *products)
{
    static const char sql[] =
        "SELECT gtin FROM (SELECT gtin, plu, category, folded FROM product LIMIT ?) "
        "WHERE (? = '' OR instr(folded, ?) > 0 OR instr(plu, ?) > 0 OR instr(gtin, ?) > 0) "
        "AND (? IS NULL OR category = ?) LIMIT ?";
    g_autoptr(GError) error = NULL;
    g_autoptr(StoreQuery) query =
        store_query(store, sql, &error, "itttttti", (int64_t)PASS_PRODUCTS, needle, needle, needle,
                    needle, category, category, (int64_t)MIN(max, G_MAXINT));
    int found = -1;
    while (query != NULL && (found = store_next(store, query, &error)) == 1) {
        PosProduct *product = pos_store_product(store, store_text(query, 0));
        if (product != NULL) {
            g_ptr_array_add(products, product);
        }
    }
    if (found < 0) {
        store_log(store, error);
    }
}

GPtrArray *pos_store_products(PosStore *store, const char *text, const char *category,
                              const char *language, gsize max)
{
    GPtrArray *products = g_ptr_array_new_with_free_func((GDestroyNotify)pos_product_free);
    g_autoptr(GError) error = NULL;
    StoreSearch *search = NULL;
    if (!search_for(store, language, &search, &error)) {
        store_log(store, error);
        return products;
    }
    g_autofree char *needle = store_fold(text);
    g_strstrip(needle);
    if (search == NULL) {
        pass(store, needle, category, max, products);
        return products;
    }
    int wanted = wanted_category(search, category);
    if (strchr(needle, '\n') != NULL || (category != NULL && wanted < 0)) {
        return products;
    }
    Needle typed = {.text = needle, .length = strlen(needle)};
    typed.grams_count = needle_grams(needle, typed.grams);
    guint count = search->ends->len;
    for (guint i = next_match(search, 0, &typed); i < count && products->len < max;
         i = next_match(search, i + 1, &typed)) {
        if (category != NULL && g_array_index(search->categories, int, i) != wanted) {
            continue;
        }
        PosProduct *product =
            pos_store_product(store, g_array_index(search->gtins, Gtin, i).digits);
        if (product != NULL) {
            g_ptr_array_add(products, product);
        }
    }
    return products;
}
