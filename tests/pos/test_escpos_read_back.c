/* SPDX-License-Identifier: GPL-3.0-or-later
 * Random documents through the encoder and the emulated printer, which shares no code with it: what can be written stands
 * on the paper as it was laid out, nothing is a command that the printer does not know, no byte is left over. */
#include "pos/escpos.h"
#include "pos/print_layout.h"
#include "tests/printer/printer_model.h"

#include <glib/gstdio.h>
#include <string.h>

#define DOCUMENTS 60

typedef struct {
    char *folder;
    int unknown, papers;
} Paper;

static void on_answer(uint8_t byte, void *user)
{
    (void)byte;
    (void)user;
    g_assert_not_reached(); /* nothing was asked */
}

static void on_log(const char *line, void *user)
{
    Paper *paper = user;
    g_test_message("%s", line);
    paper->unknown += strstr(line, "unknown") != NULL || strstr(line, "does not fit") != NULL;
    paper->papers += g_str_has_prefix(line, "paper ");
}

/* Characters of all kinds: of the tables, beside them, marks, wide ones, commands. */
static gunichar random_character(void)
{
    switch (g_test_rand_int_range(0, 10)) {
    case 0:
        return (gunichar)g_test_rand_int_range(0xac00, 0xd7a4);
    case 1:
        return (gunichar)g_test_rand_int_range(0x4e00, 0x9fa6);
    case 2:
        return (gunichar)g_test_rand_int_range(0xa0, 0x250);
    case 3:
        return (gunichar)g_test_rand_int_range(0x300, 0x370);
    case 4:
        return (gunichar)g_test_rand_int_range(0x2010, 0x2700);
    case 5:
        return (gunichar)g_test_rand_int_range(0x1f300, 0x1f650);
    case 6:
        return (gunichar)g_test_rand_int_range(1, 0x20);
    default:
        return (gunichar)g_test_rand_int_range(0x20, 0x7f);
    }
}

static char *random_text(int length_max)
{
    GString *text = g_string_new(NULL);
    int length = g_test_rand_int_range(0, length_max + 1);
    bool plain = g_test_rand_int_range(0, 2) == 0; /* half of them can be written by each printer */
    for (int i = 0; i < length; i++) {
        g_string_append_unichar(text, plain ? (gunichar)g_test_rand_int_range(0x20, 0x5c)
                                            : random_character());
    }
    return g_string_free(text, FALSE);
}

static PosPrintDocument *random_document(void)
{
    PosPrintDocument *document = pos_print_document_new();
    int rows = g_test_rand_int_range(1, 8);
    for (int i = 0; i < rows; i++) {
        g_autofree char *left = random_text(90);
        g_autofree char *right = random_text(12);
        PosPrintStyle style = (PosPrintStyle)g_test_rand_int_range(0, POS_PRINT_LARGE + 1);
        switch (g_test_rand_int_range(0, 6)) {
        case 0:
            pos_print_add_pair(document, left, right, style);
            break;
        case 1:
            pos_print_add_indented(document, left, g_test_rand_int_range(0, 8));
            break;
        case 2:
            pos_print_add_rule(document);
            break;
        case 3:
            pos_print_add_qr(document, "https://s.example/01/08801234567893");
            break;
        default:
            pos_print_add_text(document, left, (PosPrintAlign)g_test_rand_int_range(0, 3), style);
            break;
        }
    }
    return document;
}

/* What has to stand on the paper: the lines that this printer can write. Drawn ones are dots. */
static char *expected(const PosPrintDocument *document, const PosEscposProfile *how)
{
    g_autoptr(PosEscposCharset) charset = pos_escpos_charset_new(how->text, how->table);
    g_autoptr(GPtrArray) spelled = pos_print_document_new();
    for (guint i = 0; i < document->len; i++) {
        const PosPrintRow *row = document->pdata[i];
        PosPrintRow *copy = g_memdup2(row, sizeof *row);
        copy->left = pos_escpos_charset_spell(charset, row->left);
        copy->right = pos_escpos_charset_spell(charset, row->right);
        g_ptr_array_add(spelled, copy);
    }
    const PosPrintPaper paper = {how->columns, false, pos_escpos_charset_cells, charset};
    g_autoptr(GPtrArray) lines = pos_print_layout(spelled, &paper);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < lines->len; i++) {
        const PosPrintLine *line = lines->pdata[i];
        if (line->kind == POS_PRINT_QR) {
            g_string_append_printf(text, "[QR %s]\n", line->text);
        } else if (pos_escpos_charset_has(charset, line->text)) {
            g_string_append_printf(text, "%s\n", line->text);
        }
    }
    return g_string_free(text, FALSE);
}

static void check(const PosPrintDocument *document, const PosEscposProfile *how,
                  const char *charset)
{
    Paper paper = {.folder = g_dir_make_tmp("coster-read-back-XXXXXX", NULL)};
    PrinterModelOptions options = {how->dots, how->columns, charset, paper.folder,
                                   on_answer, on_log,       &paper};
    PrinterModel *model = printer_model_new(&options);
    g_autoptr(GError) error = NULL;
    g_autoptr(GByteArray) bytes = pos_escpos_document(document, how, &error);
    g_assert_no_error(error);
    /* In pieces, as a wire brings them. */
    for (guint done = 0; done < bytes->len;) {
        guint chance = (guint)g_test_rand_int_range(1, 600);
        guint piece = MIN(bytes->len - done, chance);
        printer_model_receive(model, bytes->data + done, piece);
        printer_model_print(model, G_MAXINT32);
        done += piece;
    }
    g_assert_cmpuint(printer_model_waiting(model), ==, 0);
    g_assert_cmpint(paper.unknown, ==, 0);
    g_assert_cmpint(paper.papers, ==, 1);
    g_autofree char *png = g_build_filename(paper.folder, "receipt-001.png", NULL);
    g_autofree char *txt = g_build_filename(paper.folder, "receipt-001.txt", NULL);
    g_autofree char *got = NULL;
    g_autofree char *want = expected(document, how);
    g_assert_true(g_file_get_contents(txt, &got, NULL, NULL));
    g_assert_cmpstr(got, ==, want);
    printer_model_free(model);
    g_remove(png);
    g_remove(txt);
    g_rmdir(paper.folder);
    g_free(paper.folder);
}

static void test_random_documents(void)
{
    static const struct {
        PosEscposText text;
        int table;
        const char *charset;
    } printers[] = {{POS_ESCPOS_KOREAN, 0, "EUC-KR"}, {POS_ESCPOS_CHINESE, 0, "GBK"},
                    {POS_ESCPOS_LATIN, 19, "none"},   {POS_ESCPOS_LATIN, 16, "none"},
                    {POS_ESCPOS_LATIN, 0, "none"},    {POS_ESCPOS_LATIN, 2, "none"},
                    {POS_ESCPOS_UTF8, 0, "EUC-KR"},   {POS_ESCPOS_RASTER, 0, "none"}};
    static const int papers[][2] = {{32, 384}, {42, 512}, {48, 576}};
    for (int i = 0; i < DOCUMENTS; i++) {
        const int *paper = papers[g_test_rand_int_range(0, G_N_ELEMENTS(papers))];
        gsize n = (gsize)i % G_N_ELEMENTS(printers);
        PosEscposProfile how = {.columns = paper[0],
                                .dots = paper[1],
                                .text = printers[n].text,
                                .table = printers[n].table,
                                .draws_qr = true,
                                .cuts = true};
        g_autoptr(GPtrArray) document = random_document();
        check(document, &how, printers[n].charset);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pos/escpos_read_back/random_documents", test_random_documents);
    return g_test_run();
}
