/* SPDX-License-Identifier: GPL-3.0-or-later
 * The rules of pos/gs1_lint.h, one function each, and the code lists they look into. ISO 3166-1 and
 * ISO 4217 as of January 2026; package types as GS1's PackageTypeCode list of 2024. */
#include "pos/gs1_lint.h"
#include "pos/gs1.h"
#include "pos/gs1_coupon.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define GCP_DIGITS_MIN 4  /* the shortest company prefix that GS1 gives out */
#define IBAN_BYTES_MAX 34 /* ISO 13616 */
#define IBAN_BYTES_MIN 11 /* country, check digits and something to check */
#define YEAR_WINDOW 51    /* GS1 General Specifications 7.12 */

/* Codes with a blank after each but the last. clang-format off */
static const char countries_numeric[] =
    "004 008 010 012 016 020 024 028 031 032 036 040 044 048 050 051 052 056 060 064 068 070 072 "
    "074 076 084 086 090 092 096 100 104 108 112 116 120 124 132 136 140 144 148 152 156 158 162 "
    "166 170 174 175 178 180 184 188 191 192 196 203 204 208 212 214 218 222 226 231 232 233 234 "
    "238 239 242 246 248 250 254 258 260 262 266 268 270 275 276 288 292 296 300 304 308 312 316 "
    "320 324 328 332 334 336 340 344 348 352 356 360 364 368 372 376 380 384 388 392 398 400 404 "
    "408 410 414 417 418 422 426 428 430 434 438 440 442 446 450 454 458 462 466 470 474 478 480 "
    "484 492 496 498 499 500 504 508 512 516 520 524 528 531 533 534 535 540 548 554 558 562 566 "
    "570 574 578 580 581 583 584 585 586 591 598 600 604 608 612 616 620 624 626 630 634 638 642 "
    "643 646 652 654 659 660 662 663 666 670 674 678 682 686 688 690 694 702 703 704 705 706 710 "
    "716 724 728 729 732 740 744 748 752 756 760 762 764 768 772 776 780 784 788 792 795 796 798 "
    "800 804 807 818 826 831 832 833 834 840 850 854 858 860 862 876 882 887 894";
static const char countries_alpha2[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ "
    "BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM "
    "DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS "
    "GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
    "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ "
    "MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
    "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV "
    "SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
    "VN VU WF WS YE YT ZA ZM ZW";
static const char currencies[] =
    "008 012 032 036 044 048 050 051 052 060 064 068 072 084 090 096 104 108 116 124 132 136 144 "
    "152 156 170 174 188 192 203 208 214 222 230 232 238 242 262 270 292 320 324 328 332 340 344 "
    "348 352 356 360 364 368 376 388 392 396 398 400 404 408 410 414 417 418 422 426 430 434 446 "
    "454 458 462 480 484 496 498 504 512 516 524 532 533 548 554 558 566 578 586 590 598 600 604 "
    "608 634 643 646 654 682 690 702 704 706 710 728 748 752 756 760 764 776 780 784 788 800 807 "
    "818 826 834 840 858 860 882 886 901 924 925 926 927 928 929 930 933 934 936 938 940 941 943 "
    "944 946 947 948 949 950 951 952 953 955 956 957 958 959 960 961 962 963 964 965 967 968 969 "
    "970 971 972 973 975 976 977 978 979 980 981 984 985 986 990 994 997 999";
static const char package_types[] =
    "1A 1B 1D 1F 1G 1W 200 201 202 203 204 205 206 210 211 212 2C 3A 3H 43 44 4A 4B 4C 4D 4F "
    "4G 4H 5H 5L 5M 6H 6P 7A 7B 8 8A 8B 8C 9 AA AB AC AD AF AG AH AI AJ AL AM AP APE AT AV B4 "
    "BB BC BD BE BF BG BGE BH BI BJ BK BL BM BME BN BO BP BQ BR BRI BS BT BU BV BW BX BY BZ CA "
    "CB CBL CC CCE CD CE CF CG CH CI CJ CK CL CM CN CO CP CQ CR CS CT CU CV CW CX CY CZ DA DB "
    "DC DG DH DI DJ DK DL DM DN DP DPE DR DS DT DU DV DW DX DY E1 E2 E3 EC ED EE EF EG EH EI "
    "EN FB FC FD FE FI FL FO FOB FP FPE FR FT FW FX GB GI GL GR GU GY GZ HA HB HC HG HN HR IA "
    "IB IC ID IE IF IG IH IK IL IN IZ JB JC JG JR JT JY KG KI LAB LE LG LT LU LV LZ MA MB MC "
    "ME MPE MR MS MT MW MX NA NE NF NG NS NT NU NV OA OB OC OD OE OF OK OPE OT OU P2 PA PAE PB "
    "PC PD PE PF PG PH PI PJ PK PL PLP PN PO POP PP PPE PR PT PU PUE PV PX PY PZ QA QB QC QD "
    "QF QG QH QJ QK QL QM QN QP QQ QR QS RB1 RB2 RB3 RCB RD RG RJ RK RL RO RT RZ S1 SA SB SC "
    "SD SE SEC SH SI SK SL SM SO SP SS ST STL SU SV SW SX SY SZ T1 TB TC TD TE TEV TG THE TI "
    "TK TL TN TO TR TRE TS TT TTE TU TV TW TWE TY TZ UC UN UUE VA VG VI VK VL VN VO VP VQ VR "
    "VS VY WA WB WC WD WF WG WH WJ WK WL WM WN WP WQ WR WRP WS WT WU WV WW WX WY WZ X11 X12 "
    "X15 X16 X17 X18 X19 X20 X3 XA XB XC XD XF XG XH XJ XK YA YB YC YD YF YG YH YJ YK YL YM YN "
    "YP YQ YR YS YT YV YW YX YY YZ ZA ZB ZC ZD ZF ZG ZH ZJ ZK ZL ZM ZN ZP ZQ ZR ZS ZT ZU ZV ZW "
    "ZX ZY ZZ";
/* clang-format on */

/* Character sets in order of weight (GS1 General Specifications 7.9.5). */
static const char cset82[] =
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
static const char cset32[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

static bool in_list(const char *list, const char *data, gsize length)
{
    for (const char *at = list; *at != '\0';) {
        gsize item = strcspn(at, " ");
        if (item == length && memcmp(at, data, length) == 0) {
            return true;
        }
        at += item + strspn(at + item, " ");
    }
    return false;
}

static bool in_set(const char *set, char c)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static int two_digits(const char *data)
{
    return (data[0] - '0') * 10 + (data[1] - '0');
}

static bool are_digits(const char *data, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isdigit(data[i])) {
            return false;
        }
    }
    return true;
}

static bool is_number_up_to(const char *data, gsize length, const char *limit)
{
    return are_digits(data, length) && strlen(limit) == length && memcmp(data, limit, length) <= 0;
}

int pos_gs1_lint_century(int yy, int this_year)
{
    int difference = yy - this_year % 100;
    int century = this_year / 100;
    if (difference >= YEAR_WINDOW) {
        century--;
    } else if (difference <= -(YEAR_WINDOW - 1)) {
        century++;
    }
    return century * 100 + yy;
}

int pos_gs1_lint_month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

static const char *lint_date(const char *data, gsize length, int this_year, bool day_may_be_zero)
{
    if ((length != 6 && length != 8) || !are_digits(data, length)) {
        return _("a date is six or eight digits");
    }
    int year = length == 8 ? two_digits(data) * 100 + two_digits(data + 2)
                           : pos_gs1_lint_century(two_digits(data), this_year);
    int month = two_digits(data + length - 4);
    int day = two_digits(data + length - 2);
    if (month < 1 || month > 12) {
        return _("there is no such month");
    }
    if (day == 0 && !day_may_be_zero) {
        return _("the day is missing");
    }
    return day <= pos_gs1_lint_month_days(year, month) ? NULL : _("this month has no such day");
}

/* GS1 General Specifications 7.9.5: characters weighted by primes from the right, modulo 1021, as
 * two characters. */
static const char *lint_check_pair(const char *data, gsize length)
{
    static const int primes[] = {2,  3,  5,  7,  11, 13, 17, 19, 23, 29, 31, 37, 41,
                                 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101};
    if (length < 2 || length - 2 > G_N_ELEMENTS(primes)) {
        return _("it is too short or too long for check characters");
    }
    int sum = 0;
    for (gsize i = 0; i < length - 2; i++) {
        if (!in_set(cset82, data[i])) {
            return _("it holds a character that GS1 does not allow");
        }
        sum += (int)(strchr(cset82, data[i]) - cset82) * primes[length - 3 - i];
    }
    sum %= 1021;
    return data[length - 2] == cset32[sum / 32] && data[length - 1] == cset32[sum % 32]
               ? NULL
               : _("the check characters are wrong");
}

/* ISO 13616: the first four characters go to the end, letters count 10 to 35, modulo 97 leaves 1.
 */
static const char *lint_iban(const char *data, gsize length)
{
    if (length < IBAN_BYTES_MIN || length > IBAN_BYTES_MAX) {
        return _("it is too short or too long for a bank account");
    }
    if (!in_list(countries_alpha2, data, 2)) {
        return _("the bank account begins with no country");
    }
    int remainder = 0;
    for (gsize i = 0; i < length; i++) {
        char c = data[(i + 4) % length];
        if (g_ascii_isdigit(c)) {
            remainder = (remainder * 10 + (c - '0')) % 97;
        } else if (g_ascii_isupper(c)) {
            remainder = (remainder * 100 + (c - 'A') + 10) % 97;
        } else {
            return _("a bank account holds digits and capital letters only");
        }
    }
    return remainder == 1 ? NULL : _("the check digits of the bank account are wrong");
}

static const char *lint_company_prefix(const char *data, gsize length)
{
    return length >= GCP_DIGITS_MIN && are_digits(data, GCP_DIGITS_MIN)
               ? NULL
               : _("it does not begin with a GS1 company prefix");
}

static const char *lint_percent(const char *data, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (data[i] != '%') {
            continue;
        }
        if (i + 2 >= length || !g_ascii_isxdigit(data[i + 1]) || !g_ascii_isxdigit(data[i + 2])) {
            return _("a percent sign is not followed by two hexadecimal digits");
        }
        i += 2;
    }
    return NULL;
}

static const char *lint_piece_of_total(const char *data, gsize length)
{
    gsize half = length / 2;
    if (length == 0 || length % 2 != 0 || !are_digits(data, length)) {
        return _("piece and total are not equally long");
    }
    bool piece_is_zero = strspn(data, "0") >= half;
    return !piece_is_zero && memcmp(data, data + half, half) <= 0
               ? NULL
               : _("the piece is not one of the total");
}

static const char *lint_position(const char *data, gsize length)
{
    const char *slash = memchr(data, '/', length);
    gsize left = slash != NULL ? (gsize)(slash - data) : 0;
    gsize right = slash != NULL ? length - left - 1 : 0;
    if (left == 0 || right == 0 || !are_digits(data, left) || !are_digits(slash + 1, right)) {
        return _("it is not a position and an end, as 2/3");
    }
    if (data[0] == '0' || slash[1] == '0' || left > right ||
        (left == right && memcmp(data, slash + 1, left) > 0)) {
        return _("the position is not within the sequence");
    }
    return NULL;
}

static const char *lint_media_type(const char *data, gsize length)
{
    if (length != 2 || !are_digits(data, 2)) {
        return _("there is no such media type");
    }
    int type = two_digits(data);
    return (type >= 1 && type <= 10) || type >= 80 ? NULL : _("there is no such media type");
}

static const char *lint_hour_minute(const char *data, gsize length)
{
    return length == 4 && are_digits(data, 4) && two_digits(data) < 24 && two_digits(data + 2) < 60
               ? NULL
               : _("there is no such time of day");
}

static const char *lint_below(const char *data, gsize length, int limit)
{
    return length == 2 && are_digits(data, 2) && two_digits(data) < limit
               ? NULL
               : _("there is no such time of day");
}

static const char *lint_one_of(const char *data, gsize length, const char *allowed)
{
    return length == 1 && in_set(allowed, data[0]) ? NULL : _("there is no such code");
}

static const char *lint_listed(const char *list, const char *data, gsize length, const char *what)
{
    return in_list(list, data, length) ? NULL : what;
}

static gsize span(const char *data, gsize length, const char *set)
{
    gsize n = 0;
    while (n < length && in_set(set, data[n])) {
        n++;
    }
    return n;
}

const char *pos_gs1_lint(PosGs1Lint lint, const char *data, gsize length, int this_year)
{
    switch (lint) {
    case POS_LINT_NONE:
        return NULL;
    case POS_LINT_CSUM:
        return pos_gs1_digits_check(data, length) ? NULL : _("the check digit is wrong");
    case POS_LINT_CSUMALPHA:
        return lint_check_pair(data, length);
    case POS_LINT_GCPPOS1:
        return lint_company_prefix(data, length);
    case POS_LINT_GCPPOS2:
        return lint_company_prefix(data + 1, length > 0 ? length - 1 : 0);
    case POS_LINT_HASNONDIGIT:
        return are_digits(data, length) ? _("it must hold more than digits") : NULL;
    case POS_LINT_NOZEROPREFIX:
        return length > 1 && data[0] == '0' ? _("it may not begin with a zero") : NULL;
    case POS_LINT_NONZERO:
        return span(data, length, "0") == length ? _("it may not be zero") : NULL;
    case POS_LINT_ZERO:
        return span(data, length, "0") == length ? NULL : _("it must begin with a zero");
    case POS_LINT_YYMMDD:
    case POS_LINT_YYYYMMDD:
        return lint_date(data, length, this_year, false);
    case POS_LINT_YYMMD0:
        return lint_date(data, length, this_year, true);
    case POS_LINT_HHMI:
        return lint_hour_minute(data, length);
    case POS_LINT_HH:
        return lint_below(data, length, 24);
    case POS_LINT_MI:
    case POS_LINT_SS:
        return lint_below(data, length, 60);
    case POS_LINT_ISO3166999:
        if (length == 3 && memcmp(data, "999", 3) == 0) {
            return NULL;
        }
        return lint_listed(countries_numeric, data, length, _("there is no such country"));
    case POS_LINT_ISO3166:
        return lint_listed(countries_numeric, data, length, _("there is no such country"));
    case POS_LINT_ISO3166ALPHA2:
        return lint_listed(countries_alpha2, data, length, _("there is no such country"));
    case POS_LINT_ISO4217:
        return lint_listed(currencies, data, length, _("there is no such currency"));
    case POS_LINT_ISO5218:
        return lint_one_of(data, length, "0129");
    case POS_LINT_IBAN:
        return lint_iban(data, length);
    case POS_LINT_PCENC:
        return lint_percent(data, length);
    case POS_LINT_LATITUDE:
        return is_number_up_to(data, length, "1800000000") ? NULL : _("there is no such latitude");
    case POS_LINT_LONGITUDE:
        return is_number_up_to(data, length, "3600000000") ? NULL : _("there is no such longitude");
    case POS_LINT_YESNO:
        return lint_one_of(data, length, "01");
    case POS_LINT_WINDING:
        return lint_one_of(data, length, "019");
    case POS_LINT_HYPHEN:
        return length > 0 && span(data, length, "-") == length ? NULL : _("it must be a hyphen");
    case POS_LINT_PIECEOFTOTAL:
        return lint_piece_of_total(data, length);
    case POS_LINT_POSINSEQSLASH:
        return lint_position(data, length);
    case POS_LINT_IMPORTERIDX:
        return length == 1 && (g_ascii_isalnum(data[0]) || data[0] == '-' || data[0] == '_')
                   ? NULL
                   : _("there is no such importer index");
    case POS_LINT_MEDIATYPE:
        return lint_media_type(data, length);
    case POS_LINT_PACKAGETYPE:
        return lint_listed(package_types, data, length, _("there is no such package type"));
    case POS_LINT_COUPONCODE:
        return pos_gs1_coupon_check(data, length, this_year);
    case POS_LINT_COUPONPOSOFFER:
        return pos_gs1_coupon_check_offer_file(data, length);
    }
    g_assert_not_reached();
}

PosGs1Lint pos_gs1_lint_from_name(const char *name, gsize length)
{
    static const struct {
        const char *name;
        PosGs1Lint lint;
    } names[] = {
        {"csum", POS_LINT_CSUM},
        {"csumalpha", POS_LINT_CSUMALPHA},
        {"gcppos1", POS_LINT_GCPPOS1},
        {"gcppos2", POS_LINT_GCPPOS2},
        {"hasnondigit", POS_LINT_HASNONDIGIT},
        {"nozeroprefix", POS_LINT_NOZEROPREFIX},
        {"nonzero", POS_LINT_NONZERO},
        {"zero", POS_LINT_ZERO},
        {"yymmdd", POS_LINT_YYMMDD},
        {"yymmd0", POS_LINT_YYMMD0},
        {"yyyymmdd", POS_LINT_YYYYMMDD},
        {"hhmi", POS_LINT_HHMI},
        {"hh", POS_LINT_HH},
        {"mi", POS_LINT_MI},
        {"ss", POS_LINT_SS},
        {"iso3166", POS_LINT_ISO3166},
        {"iso3166999", POS_LINT_ISO3166999},
        {"iso3166alpha2", POS_LINT_ISO3166ALPHA2},
        {"iso4217", POS_LINT_ISO4217},
        {"iso5218", POS_LINT_ISO5218},
        {"iban", POS_LINT_IBAN},
        {"pcenc", POS_LINT_PCENC},
        {"latitude", POS_LINT_LATITUDE},
        {"longitude", POS_LINT_LONGITUDE},
        {"yesno", POS_LINT_YESNO},
        {"winding", POS_LINT_WINDING},
        {"hyphen", POS_LINT_HYPHEN},
        {"pieceoftotal", POS_LINT_PIECEOFTOTAL},
        {"posinseqslash", POS_LINT_POSINSEQSLASH},
        {"importeridx", POS_LINT_IMPORTERIDX},
        {"mediatype", POS_LINT_MEDIATYPE},
        {"packagetype", POS_LINT_PACKAGETYPE},
        {"couponcode", POS_LINT_COUPONCODE},
        {"couponposoffer", POS_LINT_COUPONPOSOFFER},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strlen(names[i].name) == length && memcmp(names[i].name, name, length) == 0) {
            return names[i].lint;
        }
    }
    g_assert_not_reached();
}

bool pos_gs1_lint_cset_holds(char cset, const char *data, gsize length)
{
    static const char digits[] = "0123456789";
    static const char set39[] = "#-/0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char set64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    if (cset == 'Z') {
        gsize body = span(data, length, set64);
        gsize pads = length - body;
        return pads == 0 || (pads <= 2 && span(data + body, pads, "=") == pads && length % 3 == 0);
    }
    const char *set = cset == 'N' ? digits : cset == 'Y' ? set39 : cset82;
    return span(data, length, set) == length;
}
