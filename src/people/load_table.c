/* Which columns the files may have: those of the core, and a column for each declared field. */
#include <string.h>

#include "base/limits.h"
#include "people/load_in.h"

/* Names of core columns, the first being the one that is shown and exported. */
static const struct core_column {
    enum load_core core;
    uint8_t kinds; /* bit by enum load_kind */
    enum csv_type type;
    bool required;
    struct csv_names names;
} cores[] = {
    {COL_HOUSEHOLD, 7, CSV_TEXT, false,
     CSV_NAMES(S("household"), S("家庭编号"), S("household_no"), S("household_id"))},
    {COL_DIVISION, 1, CSV_TEXT, true, CSV_NAMES(S("division"), S("区划代码"))},
    {COL_PERSON, 6, CSV_TEXT, false, CSV_NAMES(S("person"), S("人员编号"))},
    {COL_NAME, 2, CSV_TEXT, true, CSV_NAMES(S("name"), S("姓名"))},
    {COL_SEX, 2, CSV_TEXT, false, CSV_NAMES(S("sex"), S("性别"))},
    {COL_BIRTH_DATE, 2, CSV_DATE, false, CSV_NAMES(S("birth_date"), S("出生日期"))},
    {COL_DEATH_DATE, 2, CSV_DATE, false, CSV_NAMES(S("death_date"), S("死亡日期"))},
    {COL_RELATION, 2, CSV_TEXT, false, CSV_NAMES(S("relation"), S("与户主关系"))},
    {COL_IDENTITY, 6, CSV_TEXT, false,
     CSV_NAMES(S("id_number"), S("身份证号"), S("公民身份号码"), S("身份证号码"))},
    {COL_PHONE, 2, CSV_TEXT, false, CSV_NAMES(S("phone"), S("联系电话"), S("手机号码"))},
    {COL_CARD, 2, CSV_TEXT, false, CSV_NAMES(S("card"), S("银行卡号"))},
    {COL_FROM, 3, CSV_DATE, false, CSV_NAMES(S("valid_from"), S("生效日期"))},
    {COL_PROGRAMME, 4, CSV_TEXT, true, CSV_NAMES(S("programme"), S("救助项目"), S("项目"))},
    {COL_SINCE, 4, CSV_DATE, true, CSV_NAMES(S("since"), S("起始日期"))},
    {COL_AMOUNT, 4, CSV_YUAN, false, CSV_NAMES(S("last_amount"), S("上月金额"))},
    {COL_AMOUNT_FEN, 4, CSV_FEN, false, CSV_NAMES(S("last_amount_fen"))},
    {COL_ACCOUNT, 4, CSV_TEXT, false, CSV_NAMES(S("account"), S("银行账号"))},
    {COL_FIRST_ABOVE, 4, CSV_MONTH, false, CSV_NAMES(S("first_month_above"), S("首次超标月份"))},
};

static bool of_core(enum load_kind kind, const struct csv_column *c)
{
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        for (size_t k = 0; k < CSV_NAMES_MAX; k++)
            if ((cores[i].kinds >> kind & 1) != 0 && cores[i].names.at[k].n > 0 &&
                str_eq(cores[i].names.at[k], c->names.at[0]))
                return true;
    return false;
}

static void add_field(struct load *l, enum load_kind kind, const struct field *f)
{
    struct load_table *t = &l->tables[kind];
    struct csv_column c = field_column(l->arena, f);
    size_t at = 0;
    const struct fact_table *table = registers_table_of(l->spec.city->registers, f, &at);
    if (table == NULL || c.type == CSV_SKIP || core_field(f) != CORE_NONE || of_core(kind, &c))
        return;
    size_t fact = t->facts.n;
    *VEC_PUSH(l->arena, &t->facts) = (struct load_fact){
        .field = f, .table = (size_t)(table - l->spec.city->registers->tables), .at = at};
    *VEC_PUSH(l->arena, &t->columns) = (struct load_column){c, COL_FACT, fact};
    if (c.type == CSV_YUAN)
        *VEC_PUSH(l->arena, &t->columns) =
            (struct load_column){field_column_fen(l->arena, f, &c), COL_FACT, fact};
}

void load_table_init(struct load *l, enum load_kind kind)
{
    static const str registers[LOAD_KINDS] = {[LOAD_HOUSEHOLDS] = {"household", 9},
                                              [LOAD_PERSONS] = {"person", 6},
                                              [LOAD_CASES] = {"", 0}};
    struct load_table *t = &l->tables[kind];
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++) {
        if ((cores[i].kinds >> kind & 1) == 0)
            continue;
        struct csv_column c = {
            .names = cores[i].names, .type = cores[i].type, .required = cores[i].required};
        c.required = c.required || (cores[i].core == COL_HOUSEHOLD && kind != LOAD_CASES);
        if (c.type == CSV_YUAN || c.type == CSV_FEN)
            c.max = LIMIT_FEN;
        *VEC_PUSH(l->arena, &t->columns) = (struct load_column){c, cores[i].core, 0};
    }
    const struct reg *reg = rules_reg(l->spec.city->rules, registers[kind]);
    for (size_t i = 0; reg != NULL && i < reg->n_fields; i++)
        add_field(l, kind, reg->fields[i]);
}

void load_template(const struct city *city, enum load_kind kind, struct arena *a,
                   struct load_header **out, size_t *n)
{
    struct load l = {.arena = a};
    VEC(struct load_header) list = {0};
    /* Only the registers are looked at, which no one changes. */
    l.spec.city = (struct city *)(uintptr_t)city;
    load_table_init(&l, kind);
    for (size_t i = 0; i < l.tables[kind].columns.n; i++) {
        const struct csv_column *c = &l.tables[kind].columns.at[i].csv;
        if (c->type == CSV_FEN)
            continue;
        str label = c->names.at[1].n > 0 ? c->names.at[1] : c->names.at[0];
        *VEC_PUSH(a, &list) = (struct load_header){c->names.at[0], label};
    }
    *out = list.at;
    *n = list.n;
}

/* ---- relations ------------------------------------------------------------------------------ */

static const struct {
    const char digits[3];
    str words[3];
} relations[] = {
    {"02", {S("户主"), S("head")}},
    {"01", {S("本人"), S("self")}},
    {"10", {S("配偶"), S("spouse")}},
    {"11", {S("夫"), S("丈夫")}},
    {"12", {S("妻"), S("妻子")}},
    {"20", {S("子"), S("儿子"), S("son")}},
    {"27", {S("养子"), S("继子")}},
    {"28", {S("女婿")}},
    {"30", {S("女"), S("女儿"), S("daughter")}},
    {"37", {S("养女"), S("继女")}},
    {"38", {S("儿媳")}},
    {"40", {S("孙子女")}},
    {"41", {S("孙子")}},
    {"42", {S("孙女")}},
    {"43", {S("外孙"), S("外孙子")}},
    {"44", {S("外孙女")}},
    {"50", {S("父母")}},
    {"51", {S("父"), S("父亲"), S("father")}},
    {"52", {S("母"), S("母亲"), S("mother")}},
    {"53", {S("公公")}},
    {"54", {S("婆婆")}},
    {"55", {S("岳父")}},
    {"56", {S("岳母")}},
    {"61", {S("祖父"), S("爷爷")}},
    {"62", {S("祖母"), S("奶奶")}},
    {"63", {S("外祖父"), S("外公")}},
    {"64", {S("外祖母"), S("外婆")}},
    {"70", {S("兄弟姐妹")}},
    {"71", {S("兄"), S("哥哥")}},
    {"73", {S("弟"), S("弟弟")}},
    {"75", {S("姐"), S("姐姐")}},
    {"77", {S("妹"), S("妹妹")}},
    {"97", {S("其他亲属")}},
    {"99", {S("非亲属"), S("其他")}},
};

bool relation_read(str text, char out[3])
{
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
        for (size_t k = 0; k < 3; k++)
            if (relations[i].words[k].n > 0 && str_eq(relations[i].words[k], text)) {
                memcpy(out, relations[i].digits, 3);
                return true;
            }
    if (text.n != 2 || text.p[0] < '0' || text.p[0] > '9' || text.p[1] < '0' || text.p[1] > '9')
        return false;
    memcpy(out, text.p, 2);
    out[2] = '\0';
    return true;
}

str relation_word(str digits)
{
    for (size_t i = 0; i < sizeof relations / sizeof *relations; i++)
        if (str_eq(str_from(relations[i].digits), digits))
            return relations[i].words[0];
    return digits;
}
