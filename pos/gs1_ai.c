/* SPDX-License-Identifier: GPL-3.0-or-later
 * The facts of the GS1 Barcode Syntax Dictionary, release 2026-01-27, as a table in ascending order
 * of AI. When a new release comes, change the rows that differ. All AIs that begin with the same
 * two digits are equally long, which is what makes an element string readable without knowing where
 * an AI ends. */
#include "pos/gs1_ai.h"

#include <string.h>

enum { SEPARATED = false, PREDEFINED = true };
enum { NO_ATTRIBUTE = false, ATTRIBUTE = true };

/* clang-format off: one AI a line */
static const PosGs1Ai table[] = {
    {"00", "00", PREDEFINED, ATTRIBUTE, "N18,csum,gcppos2", .key = "", .title = "SSCC"},
    {"01", "01", PREDEFINED, ATTRIBUTE, "N14,csum,gcppos2", .ex = "255,37", .key = "22,10,21|235",
     .title = "GTIN"},
    {"02", "02", PREDEFINED, ATTRIBUTE, "N14,csum,gcppos2", .req = {"37"}, .ex = "01,03",
     .title = "CONTENT"},
    {"03", "03", PREDEFINED, NO_ATTRIBUTE, "N14,csum,gcppos2", .ex = "01,02,37",
     .title = "MTO GTIN"},
    {"10", "10", SEPARATED, ATTRIBUTE, "X..20", .req = {"01,02,03,8006,8026"},
     .title = "BATCH/LOT"},
    {"11", "11", PREDEFINED, ATTRIBUTE, "N6,yymmd0", .req = {"01,02,03,8006,8026"},
     .title = "PROD DATE"},
    {"12", "12", PREDEFINED, ATTRIBUTE, "N6,yymmd0", .req = {"8020"}, .title = "DUE DATE"},
    {"13", "13", PREDEFINED, ATTRIBUTE, "N6,yymmd0", .req = {"01,02,03,8006,8026"},
     .title = "PACK DATE"},
    {"15", "15", PREDEFINED, ATTRIBUTE, "N6,yymmd0", .req = {"01,02,03,8006,8026"},
     .title = "BEST BEFORE or BEST BY"},
    {"16", "16", PREDEFINED, ATTRIBUTE, "N6,yymmd0", .req = {"01,02,03,8006,8026"},
     .title = "SELL BY"},
    {"17", "17", PREDEFINED, ATTRIBUTE, "N6,yymmd0", .req = {"01,02,03,255,8006,8026"},
     .title = "USE BY or EXPIRY"},
    {"20", "20", PREDEFINED, ATTRIBUTE, "N2", .req = {"01,02,8006,8026"}, .title = "VARIANT"},
    {"21", "21", SEPARATED, NO_ATTRIBUTE, "X..20", .req = {"01,03,8006"}, .ex = "235",
     .title = "SERIAL"},
    {"22", "22", SEPARATED, NO_ATTRIBUTE, "X..20", .req = {"01"}, .title = "CPV"},
    {"235", "235", SEPARATED, NO_ATTRIBUTE, "X..28", .req = {"01"}, .title = "TPX"},
    {"240", "240", SEPARATED, ATTRIBUTE, "X..30", .req = {"01,02,8006,8026"},
     .title = "ADDITIONAL ID"},
    {"241", "241", SEPARATED, ATTRIBUTE, "X..30", .req = {"01,02,8006,8026"},
     .title = "CUST. PART No."},
    {"242", "242", SEPARATED, ATTRIBUTE, "N..6", .req = {"01,02,8006,8026"},
     .title = "MTO VARIANT"},
    {"243", "243", SEPARATED, ATTRIBUTE, "X..20", .req = {"01"}, .title = "PCN"},
    {"250", "250", SEPARATED, ATTRIBUTE, "X..30", .req = {"01,8006", "21"},
     .title = "SECONDARY SERIAL"},
    {"251", "251", SEPARATED, ATTRIBUTE, "X..30", .req = {"01,8006"}, .title = "REF. TO SOURCE"},
    {"253", "253", SEPARATED, ATTRIBUTE, "N13,csum,gcppos1 [X..17]", .key = "", .title = "GDTI"},
    {"254", "254", SEPARATED, NO_ATTRIBUTE, "X..20", .req = {"414"},
     .title = "GLN EXTENSION COMPONENT"},
    {"255", "255", SEPARATED, ATTRIBUTE, "N13,csum,gcppos1 [N..12]",
     .ex = "01,02,415,8006,8020,8026", .key = "", .title = "GCN"},
    {"30", "30", SEPARATED, ATTRIBUTE, "N..8", .req = {"01,02"}, .title = "VAR. COUNT"},
    {"3100", "3105", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "310n",
     .title = "NET WEIGHT (kg)"},
    {"3110", "3115", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "311n",
     .title = "LENGTH (m)"},
    {"3120", "3125", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "312n",
     .title = "WIDTH (m)"},
    {"3130", "3135", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "313n",
     .title = "HEIGHT (m)"},
    {"3140", "3145", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "314n",
     .title = "AREA (m²)"},
    {"3150", "3155", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "315n",
     .title = "NET VOLUME (l)"},
    {"3160", "3165", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "316n",
     .title = "NET VOLUME (m³)"},
    {"3200", "3205", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "320n",
     .title = "NET WEIGHT (lb)"},
    {"3210", "3215", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "321n",
     .title = "LENGTH (in)"},
    {"3220", "3225", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "322n",
     .title = "LENGTH (ft)"},
    {"3230", "3235", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "323n",
     .title = "LENGTH (yd)"},
    {"3240", "3245", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "324n",
     .title = "WIDTH (in)"},
    {"3250", "3255", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "325n",
     .title = "WIDTH (ft)"},
    {"3260", "3265", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "326n",
     .title = "WIDTH (yd)"},
    {"3270", "3275", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "327n",
     .title = "HEIGHT (in)"},
    {"3280", "3285", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "328n",
     .title = "HEIGHT (ft)"},
    {"3290", "3295", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "329n",
     .title = "HEIGHT (yd)"},
    {"3300", "3305", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "330n",
     .title = "GROSS WEIGHT (kg)"},
    {"3310", "3315", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "331n",
     .title = "LENGTH (m), log"},
    {"3320", "3325", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "332n",
     .title = "WIDTH (m), log"},
    {"3330", "3335", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "333n",
     .title = "HEIGHT (m), log"},
    {"3340", "3345", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "334n",
     .title = "AREA (m²), log"},
    {"3350", "3355", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "335n",
     .title = "VOLUME (l), log"},
    {"3360", "3365", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "336n",
     .title = "VOLUME (m³), log"},
    {"3370", "3375", PREDEFINED, ATTRIBUTE, "N6", .req = {"01"}, .ex = "337n",
     .title = "KG PER m²"},
    {"3400", "3405", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "340n",
     .title = "GROSS WEIGHT (lb)"},
    {"3410", "3415", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "341n",
     .title = "LENGTH (in), log"},
    {"3420", "3425", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "342n",
     .title = "LENGTH (ft), log"},
    {"3430", "3435", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "343n",
     .title = "LENGTH (yd), log"},
    {"3440", "3445", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "344n",
     .title = "WIDTH (in), log"},
    {"3450", "3455", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "345n",
     .title = "WIDTH (ft), log"},
    {"3460", "3465", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "346n",
     .title = "WIDTH (yd), log"},
    {"3470", "3475", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "347n",
     .title = "HEIGHT (in), log"},
    {"3480", "3485", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "348n",
     .title = "HEIGHT (ft), log"},
    {"3490", "3495", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "349n",
     .title = "HEIGHT (yd), log"},
    {"3500", "3505", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "350n",
     .title = "AREA (in²)"},
    {"3510", "3515", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "351n",
     .title = "AREA (ft²)"},
    {"3520", "3525", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "352n",
     .title = "AREA (yd²)"},
    {"3530", "3535", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "353n",
     .title = "AREA (in²), log"},
    {"3540", "3545", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "354n",
     .title = "AREA (ft²), log"},
    {"3550", "3555", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "355n",
     .title = "AREA (yd²), log"},
    {"3560", "3565", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "356n",
     .title = "NET WEIGHT (tr oz)"},
    {"3570", "3575", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "357n",
     .title = "NET VOLUME (oz)"},
    {"3600", "3605", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "360n",
     .title = "NET VOLUME (qt (US))"},
    {"3610", "3615", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "361n",
     .title = "NET VOLUME (gal.)"},
    {"3620", "3625", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "362n",
     .title = "VOLUME (qt (US)), log"},
    {"3630", "3635", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "363n",
     .title = "VOLUME (gal (US)), log"},
    {"3640", "3645", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "364n",
     .title = "NET VOLUME (in³)"},
    {"3650", "3655", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "365n",
     .title = "NET VOLUME (ft³)"},
    {"3660", "3665", PREDEFINED, ATTRIBUTE, "N6", .req = {"01,02"}, .ex = "366n",
     .title = "NET VOLUME (yd³)"},
    {"3670", "3675", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "367n",
     .title = "VOLUME (in³), log"},
    {"3680", "3685", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "368n",
     .title = "VOLUME (ft³), log"},
    {"3690", "3695", PREDEFINED, ATTRIBUTE, "N6", .req = {"00,01"}, .ex = "369n",
     .title = "VOLUME (yd³), log"},
    {"37", "37", SEPARATED, ATTRIBUTE, "N..8", .req = {"00", "02,8026"}, .title = "COUNT"},
    {"3900", "3909", SEPARATED, ATTRIBUTE, "N..15", .req = {"255,8020"},
     .ex = "390n,391n,394n,8111", .title = "AMOUNT"},
    {"3910", "3919", SEPARATED, ATTRIBUTE, "N3,iso4217 N..15", .req = {"8020"}, .ex = "391n",
     .title = "AMOUNT"},
    {"3920", "3929", SEPARATED, ATTRIBUTE, "N..15", .req = {"01", "30,31nn,32nn,35nn,36nn"},
     .ex = "392n,393n", .title = "PRICE"},
    {"3930", "3939", SEPARATED, ATTRIBUTE, "N3,iso4217 N..15", .req = {"30,31nn,32nn,35nn,36nn"},
     .ex = "393n", .title = "PRICE"},
    {"3940", "3943", SEPARATED, ATTRIBUTE, "N4", .req = {"255"}, .ex = "394n,8111",
     .title = "PRCNT OFF"},
    {"3950", "3955", SEPARATED, ATTRIBUTE, "N6", .req = {"30,31nn,32nn,35nn,36nn"},
     .ex = "392n,393n,395n,8005", .title = "PRICE/UoM"},
    {"400", "400", SEPARATED, ATTRIBUTE, "X..30", .title = "ORDER NUMBER"},
    {"401", "401", SEPARATED, ATTRIBUTE, "X..30,gcppos1", .key = "", .title = "GINC"},
    {"402", "402", SEPARATED, ATTRIBUTE, "N17,csum,gcppos1", .key = "", .title = "GSIN"},
    {"403", "403", SEPARATED, ATTRIBUTE, "X..30", .req = {"00"}, .title = "ROUTE"},
    {"410", "410", PREDEFINED, ATTRIBUTE, "N13,csum,gcppos1", .title = "SHIP TO LOC"},
    {"411", "411", PREDEFINED, ATTRIBUTE, "N13,csum,gcppos1", .title = "BILL TO"},
    {"412", "412", PREDEFINED, ATTRIBUTE, "N13,csum,gcppos1", .title = "PURCHASE FROM"},
    {"413", "413", PREDEFINED, ATTRIBUTE, "N13,csum,gcppos1", .title = "SHIP FOR LOC"},
    {"414", "414", PREDEFINED, ATTRIBUTE, "N13,csum,gcppos1", .key = "254|7040",
     .title = "LOC No."},
    {"415", "415", PREDEFINED, ATTRIBUTE, "N13,csum,gcppos1", .req = {"8020"}, .key = "8020",
     .title = "PAY TO"},
    {"416", "416", PREDEFINED, ATTRIBUTE, "N13,csum,gcppos1", .title = "PROD/SERV LOC"},
    {"417", "417", PREDEFINED, ATTRIBUTE, "N13,csum,gcppos1", .key = "7040", .title = "PARTY"},
    {"420", "420", SEPARATED, ATTRIBUTE, "X..20", .ex = "421", .title = "SHIP TO POST"},
    {"421", "421", SEPARATED, ATTRIBUTE, "N3,iso3166 X..9", .ex = "4307", .title = "SHIP TO POST"},
    {"422", "422", SEPARATED, ATTRIBUTE, "N3,iso3166", .req = {"01,02,8006,8026"}, .ex = "426",
     .title = "ORIGIN"},
    {"423", "423", SEPARATED, ATTRIBUTE,
     "N3,iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166", .req = {"01,02"},
     .ex = "426", .title = "COUNTRY - INITIAL PROCESS"},
    {"424", "424", SEPARATED, ATTRIBUTE, "N3,iso3166", .req = {"01,02"}, .ex = "426",
     .title = "COUNTRY - PROCESS"},
    {"425", "425", SEPARATED, ATTRIBUTE,
     "N3,iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166 [N3],iso3166", .req = {"01,02"},
     .ex = "426", .title = "COUNTRY - DISASSEMBLY"},
    {"426", "426", SEPARATED, ATTRIBUTE, "N3,iso3166", .req = {"01,02"},
     .title = "COUNTRY - FULL PROCESS"},
    {"427", "427", SEPARATED, ATTRIBUTE, "X..3", .req = {"01,02", "422"},
     .title = "ORIGIN SUBDIVISION"},
    {"4300", "4300", SEPARATED, ATTRIBUTE, "X..35,pcenc", .req = {"00"}, .title = "SHIP TO COMP"},
    {"4301", "4301", SEPARATED, ATTRIBUTE, "X..35,pcenc", .req = {"00"}, .title = "SHIP TO NAME"},
    {"4302", "4302", SEPARATED, ATTRIBUTE, "X..70,pcenc", .req = {"00"}, .title = "SHIP TO ADD1"},
    {"4303", "4303", SEPARATED, ATTRIBUTE, "X..70,pcenc", .req = {"4302"}, .title = "SHIP TO ADD2"},
    {"4304", "4304", SEPARATED, ATTRIBUTE, "X..70,pcenc", .req = {"00"}, .title = "SHIP TO SUB"},
    {"4305", "4305", SEPARATED, ATTRIBUTE, "X..70,pcenc", .req = {"00"}, .title = "SHIP TO LOC"},
    {"4306", "4306", SEPARATED, ATTRIBUTE, "X..70,pcenc", .req = {"00"}, .title = "SHIP TO REG"},
    {"4307", "4307", SEPARATED, ATTRIBUTE, "X2,iso3166alpha2", .req = {"00"},
     .title = "SHIP TO COUNTRY"},
    {"4308", "4308", SEPARATED, ATTRIBUTE, "X..30", .req = {"00"}, .title = "SHIP TO PHONE"},
    {"4309", "4309", SEPARATED, ATTRIBUTE, "N10,latitude N10,longitude", .req = {"00"},
     .title = "SHIP TO GEO"},
    {"4310", "4310", SEPARATED, ATTRIBUTE, "X..35,pcenc", .req = {"00"}, .title = "RTN TO COMP"},
    {"4311", "4311", SEPARATED, ATTRIBUTE, "X..35,pcenc", .req = {"00"}, .title = "RTN TO NAME"},
    {"4312", "4312", SEPARATED, ATTRIBUTE, "X..70,pcenc", .req = {"00"}, .title = "RTN TO ADD1"},
    {"4313", "4313", SEPARATED, ATTRIBUTE, "X..70,pcenc", .req = {"4312"}, .title = "RTN TO ADD2"},
    {"4314", "4314", SEPARATED, ATTRIBUTE, "X..70,pcenc", .req = {"00"}, .title = "RTN TO SUB"},
    {"4315", "4315", SEPARATED, ATTRIBUTE, "X..70,pcenc", .req = {"00"}, .title = "RTN TO LOC"},
    {"4316", "4316", SEPARATED, ATTRIBUTE, "X..70,pcenc", .req = {"00"}, .title = "RTN TO REG"},
    {"4317", "4317", SEPARATED, ATTRIBUTE, "X2,iso3166alpha2", .req = {"00"},
     .title = "RTN TO COUNTRY"},
    {"4318", "4318", SEPARATED, ATTRIBUTE, "X..20", .req = {"00"}, .title = "RTN TO POST"},
    {"4319", "4319", SEPARATED, ATTRIBUTE, "X..30", .req = {"00"}, .title = "RTN TO PHONE"},
    {"4320", "4320", SEPARATED, ATTRIBUTE, "X..35,pcenc", .req = {"00"},
     .title = "SRV DESCRIPTION"},
    {"4321", "4321", SEPARATED, ATTRIBUTE, "N1,yesno", .req = {"00"}, .title = "DANGEROUS GOODS"},
    {"4322", "4322", SEPARATED, ATTRIBUTE, "N1,yesno", .req = {"00"}, .title = "AUTH TO LEAVE"},
    {"4323", "4323", SEPARATED, ATTRIBUTE, "N1,yesno", .req = {"00"}, .title = "SIG REQUIRED"},
    {"4324", "4324", SEPARATED, ATTRIBUTE, "N6,yymmd0 N4,hhmi", .req = {"00"},
     .title = "NOT BEF DEL DT"},
    {"4325", "4325", SEPARATED, ATTRIBUTE, "N6,yymmd0 N4,hhmi", .req = {"00"},
     .title = "NOT AFT DEL DT"},
    {"4326", "4326", SEPARATED, ATTRIBUTE, "N6,yymmdd", .req = {"00"}, .title = "REL DATE"},
    {"4330", "4330", SEPARATED, ATTRIBUTE, "N6 [X1],hyphen", .req = {"00"}, .ex = "4331",
     .title = "MAX TEMP F."},
    {"4331", "4331", SEPARATED, ATTRIBUTE, "N6 [X1],hyphen", .req = {"00"}, .ex = "4330",
     .title = "MAX TEMP C."},
    {"4332", "4332", SEPARATED, ATTRIBUTE, "N6 [X1],hyphen", .req = {"00"}, .ex = "4333",
     .title = "MIN TEMP F."},
    {"4333", "4333", SEPARATED, ATTRIBUTE, "N6 [X1],hyphen", .req = {"00"}, .ex = "4332",
     .title = "MIN TEMP C."},
    {"7001", "7001", SEPARATED, ATTRIBUTE, "N13", .req = {"01,02,8006,8026"}, .title = "NSN"},
    {"7002", "7002", SEPARATED, ATTRIBUTE, "X..30", .req = {"01,02"}, .title = "MEAT CUT"},
    {"7003", "7003", SEPARATED, ATTRIBUTE, "N6,yymmdd N4,hhmi", .req = {"01,02"},
     .title = "EXPIRY TIME"},
    {"7004", "7004", SEPARATED, ATTRIBUTE, "N..4", .req = {"01+10"}, .title = "ACTIVE POTENCY"},
    {"7005", "7005", SEPARATED, ATTRIBUTE, "X..12", .req = {"01,02"}, .title = "CATCH AREA"},
    {"7006", "7006", SEPARATED, ATTRIBUTE, "N6,yymmdd", .req = {"01,02"},
     .title = "FIRST FREEZE DATE"},
    {"7007", "7007", SEPARATED, ATTRIBUTE, "N6,yymmdd [N6],yymmdd", .req = {"01,02"},
     .title = "HARVEST DATE"},
    {"7008", "7008", SEPARATED, ATTRIBUTE, "X..3", .req = {"01,02"}, .title = "AQUATIC SPECIES"},
    {"7009", "7009", SEPARATED, ATTRIBUTE, "X..10", .req = {"01,02"}, .title = "FISHING GEAR TYPE"},
    {"7010", "7010", SEPARATED, ATTRIBUTE, "X..2", .req = {"01,02"}, .title = "PROD METHOD"},
    {"7011", "7011", SEPARATED, ATTRIBUTE, "N6,yymmdd [N4],hhmi", .req = {"01,02"},
     .title = "TEST BY DATE"},
    {"7020", "7020", SEPARATED, ATTRIBUTE, "X..20", .req = {"01,8006", "416"},
     .title = "REFURB LOT"},
    {"7021", "7021", SEPARATED, ATTRIBUTE, "X..20", .req = {"01,8006"}, .title = "FUNC STAT"},
    {"7022", "7022", SEPARATED, ATTRIBUTE, "X..20", .req = {"7021"}, .title = "REV STAT"},
    {"7023", "7023", SEPARATED, ATTRIBUTE, "X..30,gcppos1", .title = "GIAI - ASSEMBLY"},
    {"7030", "7030", SEPARATED, ATTRIBUTE, "N3,iso3166999 X..27", .req = {"01,02"},
     .title = "PROCESSOR # 0"},
    {"7031", "7031", SEPARATED, ATTRIBUTE, "N3,iso3166999 X..27", .req = {"01,02"},
     .title = "PROCESSOR # 1"},
    {"7032", "7032", SEPARATED, ATTRIBUTE, "N3,iso3166999 X..27", .req = {"01,02"},
     .title = "PROCESSOR # 2"},
    {"7033", "7033", SEPARATED, ATTRIBUTE, "N3,iso3166999 X..27", .req = {"01,02"},
     .title = "PROCESSOR # 3"},
    {"7034", "7034", SEPARATED, ATTRIBUTE, "N3,iso3166999 X..27", .req = {"01,02"},
     .title = "PROCESSOR # 4"},
    {"7035", "7035", SEPARATED, ATTRIBUTE, "N3,iso3166999 X..27", .req = {"01,02"},
     .title = "PROCESSOR # 5"},
    {"7036", "7036", SEPARATED, ATTRIBUTE, "N3,iso3166999 X..27", .req = {"01,02"},
     .title = "PROCESSOR # 6"},
    {"7037", "7037", SEPARATED, ATTRIBUTE, "N3,iso3166999 X..27", .req = {"01,02"},
     .title = "PROCESSOR # 7"},
    {"7038", "7038", SEPARATED, ATTRIBUTE, "N3,iso3166999 X..27", .req = {"01,02"},
     .title = "PROCESSOR # 8"},
    {"7039", "7039", SEPARATED, ATTRIBUTE, "N3,iso3166999 X..27", .req = {"01,02"},
     .title = "PROCESSOR # 9"},
    {"7040", "7040", SEPARATED, NO_ATTRIBUTE, "N1 X1 X1 X1,importeridx", .title = "UIC+EXT"},
    {"7041", "7041", SEPARATED, NO_ATTRIBUTE, "X..4,packagetype", .req = {"00"},
     .title = "UFRGT UNIT TYPE"},
    {"710", "710", SEPARATED, ATTRIBUTE, "X..20", .req = {"01"}, .title = "NHRN PZN"},
    {"711", "711", SEPARATED, ATTRIBUTE, "X..20", .req = {"01"}, .title = "NHRN CIP"},
    {"712", "712", SEPARATED, ATTRIBUTE, "X..20", .req = {"01"}, .title = "NHRN CN"},
    {"713", "713", SEPARATED, ATTRIBUTE, "X..20", .req = {"01"}, .title = "NHRN DRN"},
    {"714", "714", SEPARATED, ATTRIBUTE, "X..20", .req = {"01"}, .title = "NHRN AIM"},
    {"715", "715", SEPARATED, ATTRIBUTE, "X..20", .req = {"01"}, .title = "NHRN NDC"},
    {"716", "716", SEPARATED, ATTRIBUTE, "X..20", .req = {"01"}, .title = "NHRN AIC"},
    {"717", "717", SEPARATED, ATTRIBUTE, "X..20", .req = {"01"}, .title = "NHRN SRN"},
    {"7230", "7230", SEPARATED, ATTRIBUTE, "X2 X..28", .req = {"01,8004"}, .title = "CERT # 1"},
    {"7231", "7231", SEPARATED, ATTRIBUTE, "X2 X..28", .req = {"01,8004"}, .title = "CERT # 2"},
    {"7232", "7232", SEPARATED, ATTRIBUTE, "X2 X..28", .req = {"01,8004"}, .title = "CERT # 3"},
    {"7233", "7233", SEPARATED, ATTRIBUTE, "X2 X..28", .req = {"01,8004"}, .title = "CERT # 4"},
    {"7234", "7234", SEPARATED, ATTRIBUTE, "X2 X..28", .req = {"01,8004"}, .title = "CERT # 5"},
    {"7235", "7235", SEPARATED, ATTRIBUTE, "X2 X..28", .req = {"01,8004"}, .title = "CERT # 6"},
    {"7236", "7236", SEPARATED, ATTRIBUTE, "X2 X..28", .req = {"01,8004"}, .title = "CERT # 7"},
    {"7237", "7237", SEPARATED, ATTRIBUTE, "X2 X..28", .req = {"01,8004"}, .title = "CERT # 8"},
    {"7238", "7238", SEPARATED, ATTRIBUTE, "X2 X..28", .req = {"01,8004"}, .title = "CERT # 9"},
    {"7239", "7239", SEPARATED, ATTRIBUTE, "X2 X..28", .req = {"01,8004"}, .title = "CERT # 10"},
    {"7240", "7240", SEPARATED, ATTRIBUTE, "X..20", .req = {"01,8006"}, .title = "PROTOCOL"},
    {"7241", "7241", SEPARATED, ATTRIBUTE, "N2,mediatype", .req = {"8017,8018"},
     .title = "AIDC MEDIA TYPE"},
    {"7242", "7242", SEPARATED, ATTRIBUTE, "X..25", .req = {"8017,8018"}, .title = "VCN"},
    {"7250", "7250", SEPARATED, ATTRIBUTE, "N8,yyyymmdd", .req = {"8018"}, .ex = "7251",
     .title = "DOB"},
    {"7251", "7251", SEPARATED, ATTRIBUTE, "N8,yyyymmdd N4,hhmi", .req = {"8018"}, .ex = "7250",
     .title = "DOB TIME"},
    {"7252", "7252", SEPARATED, ATTRIBUTE, "N1,iso5218", .req = {"8018"}, .title = "BIO SEX"},
    {"7253", "7253", SEPARATED, ATTRIBUTE, "X..40,pcenc", .req = {"8017,8018"}, .ex = "7256,7259",
     .title = "FAMILY NAME"},
    {"7254", "7254", SEPARATED, ATTRIBUTE, "X..40,pcenc", .req = {"8017,8018"}, .ex = "7256,7259",
     .title = "GIVEN NAME"},
    {"7255", "7255", SEPARATED, ATTRIBUTE, "X..10", .req = {"8017,8018"}, .ex = "7256,7259",
     .title = "SUFFIX"},
    {"7256", "7256", SEPARATED, ATTRIBUTE, "X..90,pcenc", .req = {"8017,8018"},
     .title = "FULL NAME"},
    {"7257", "7257", SEPARATED, ATTRIBUTE, "X..70,pcenc", .req = {"8018"}, .title = "PERSON ADDR"},
    {"7258", "7258", SEPARATED, ATTRIBUTE, "X3,posinseqslash", .req = {"8018+7259"},
     .title = "BIRTH SEQUENCE"},
    {"7259", "7259", SEPARATED, ATTRIBUTE, "X..40,pcenc", .req = {"8018"}, .ex = "7256",
     .title = "BABY"},
    {"8001", "8001", SEPARATED, ATTRIBUTE, "N4,nonzero N5,nonzero N3,nonzero N1,winding N1",
     .req = {"01"}, .title = "DIMENSIONS"},
    {"8002", "8002", SEPARATED, ATTRIBUTE, "X..20", .title = "CMT No."},
    {"8003", "8003", SEPARATED, ATTRIBUTE, "N1,zero N13,csum,gcppos1 [X..16]", .key = "",
     .title = "GRAI"},
    {"8004", "8004", SEPARATED, ATTRIBUTE, "X..30,gcppos1", .key = "7040", .title = "GIAI"},
    {"8005", "8005", SEPARATED, ATTRIBUTE, "N6", .req = {"01,02"}, .title = "PRICE PER UNIT"},
    {"8006", "8006", SEPARATED, ATTRIBUTE, "N14,csum,gcppos2 N4,pieceoftotal", .ex = "01,37",
     .key = "22,10,21", .title = "ITIP"},
    {"8007", "8007", SEPARATED, ATTRIBUTE, "X..34,iban", .req = {"415"}, .title = "IBAN"},
    {"8008", "8008", SEPARATED, ATTRIBUTE, "N6,yymmdd N2,hh [N2],mi [N2],ss", .req = {"01,02"},
     .title = "PROD TIME"},
    {"8009", "8009", SEPARATED, ATTRIBUTE, "X..50", .req = {"00,01"}, .title = "OPTSEN"},
    {"8010", "8010", SEPARATED, ATTRIBUTE, "Y..30,gcppos1", .key = "8011", .title = "CPID"},
    {"8011", "8011", SEPARATED, NO_ATTRIBUTE, "N..12,nozeroprefix", .req = {"8010"},
     .title = "CPID SERIAL"},
    {"8012", "8012", SEPARATED, ATTRIBUTE, "X..20", .req = {"01,8006"}, .title = "VERSION"},
    {"8013", "8013", SEPARATED, ATTRIBUTE, "X..25,csumalpha,gcppos1", .key = "", .title = "GMN"},
    {"8014", "8014", SEPARATED, NO_ATTRIBUTE, "X..25,csumalpha,gcppos1,hasnondigit", .req = {"01"},
     .title = "MUDI"},
    {"8017", "8017", SEPARATED, ATTRIBUTE, "N18,csum,gcppos1", .ex = "8018", .key = "8019",
     .title = "GSRN - PROVIDER"},
    {"8018", "8018", SEPARATED, ATTRIBUTE, "N18,csum,gcppos1", .ex = "8017", .key = "8019",
     .title = "GSRN - RECIPIENT"},
    {"8019", "8019", SEPARATED, NO_ATTRIBUTE, "N..10", .req = {"8017,8018"}, .title = "SRIN"},
    {"8020", "8020", SEPARATED, NO_ATTRIBUTE, "X..25", .req = {"415"}, .title = "REF No."},
    {"8026", "8026", SEPARATED, ATTRIBUTE, "N14,csum,gcppos2 N4,pieceoftotal", .req = {"37"},
     .ex = "02,8006", .title = "ITIP CONTENT"},
    {"8030", "8030", SEPARATED, ATTRIBUTE, "Z..90",
     .req = {"00,01+21,253,255,8003,8004,8006+21,8010+8011,8017,8018"}, .title = "DIGSIG"},
    {"8040", "8040", SEPARATED, NO_ATTRIBUTE, "N15", .req = {"01+21"}, .title = "IMEI"},
    {"8041", "8041", SEPARATED, NO_ATTRIBUTE, "N15", .req = {"01+21+8040"}, .title = "IMEI2"},
    {"8042", "8042", SEPARATED, NO_ATTRIBUTE, "N32", .req = {"01+21+8040"}, .title = "ESIM"},
    {"8043", "8043", SEPARATED, NO_ATTRIBUTE, "N18 [N..2]", .req = {"01+21+8040"}, .title = "PSIM"},
    {"8110", "8110", SEPARATED, ATTRIBUTE, "X..70,couponcode", .title = ""},
    {"8111", "8111", SEPARATED, ATTRIBUTE, "N4", .req = {"255"}, .title = "POINTS"},
    {"8112", "8112", SEPARATED, ATTRIBUTE, "X..70,couponposoffer", .title = ""},
    {"8200", "8200", SEPARATED, NO_ATTRIBUTE, "X..70", .req = {"01"}, .title = "PRODUCT URL"},
    {"90", "90", SEPARATED, ATTRIBUTE, "X..30", .title = "INTERNAL"},
    {"91", "99", SEPARATED, ATTRIBUTE, "X..90", .title = "INTERNAL"},
};
/* clang-format on */

static const PosGs1Ai *find(const char *ai, gsize length)
{
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
        if (strlen(table[i].from) == length && memcmp(ai, table[i].from, length) >= 0 &&
            memcmp(ai, table[i].to, length) <= 0) {
            return &table[i];
        }
    }
    return NULL;
}

static bool all_digits(const char *data, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isdigit(data[i])) {
            return false;
        }
    }
    return true;
}

const PosGs1Ai *pos_gs1_ai_find(const char *ai, gsize length)
{
    if (length < 2 || length > 4 || !all_digits(ai, length)) {
        return NULL;
    }
    return find(ai, length);
}

const PosGs1Ai *pos_gs1_ai_prefix(const char *data, gsize length, gsize *out_ai_length)
{
    for (gsize n = 2; n <= 4 && n <= length && all_digits(data, n); n++) {
        const PosGs1Ai *entry = find(data, n);
        if (entry != NULL) {
            *out_ai_length = n;
            return entry;
        }
    }
    return NULL;
}

/* Reads "[N3],iso3166": a type letter, a length "3" or "..20", brackets when optional, the rules'
 * names. */
static PosGs1Part part_from_text(const char *text, gsize length)
{
    PosGs1Part part = {0};
    const char *end = text + length;
    const char *comma = memchr(text, ',', length);
    const char *type_end = comma != NULL ? comma : end;
    part.optional = *text == '[';
    text += part.optional ? 1 : 0;
    part.cset = *text++;
    bool variable = *text == '.';
    text += variable ? 2 : 0;
    while (text < type_end && g_ascii_isdigit(*text)) {
        part.max = (uint8_t)(part.max * 10 + (*text++ - '0'));
    }
    part.min = variable ? 1 : part.max;
    for (gsize n = 0; comma != NULL; n++) {
        const char *name = comma + 1;
        comma = memchr(name, ',', (gsize)(end - name));
        g_assert(n < G_N_ELEMENTS(part.lints));
        part.lints[n] = pos_gs1_lint_from_name(name, (gsize)((comma != NULL ? comma : end) - name));
    }
    return part;
}

gsize pos_gs1_ai_parts(const PosGs1Ai *ai, PosGs1Part out[POS_GS1_AI_PARTS])
{
    gsize count = 0;
    for (const char *at = ai->format; *at != '\0';) {
        gsize length = strcspn(at, " ");
        g_assert(count < POS_GS1_AI_PARTS);
        out[count++] = part_from_text(at, length);
        at += length + strspn(at + length, " ");
    }
    return count;
}

void pos_gs1_ai_bounds(const PosGs1Ai *ai, gsize *out_min, gsize *out_max)
{
    PosGs1Part parts[POS_GS1_AI_PARTS];
    gsize count = pos_gs1_ai_parts(ai, parts);
    gsize min = 0, max = 0;
    for (gsize i = 0; i < count; i++) {
        min += parts[i].optional ? 0 : parts[i].min;
        max += parts[i].max;
    }
    *out_min = min;
    *out_max = max;
}

bool pos_gs1_ai_matches(const char *ai, const char *pattern, gsize pattern_length)
{
    if (strlen(ai) != pattern_length) {
        return false;
    }
    for (gsize i = 0; i < pattern_length; i++) {
        if (pattern[i] != 'n' && pattern[i] != ai[i]) {
            return false;
        }
    }
    return true;
}
