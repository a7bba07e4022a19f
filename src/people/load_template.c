/* The empty workbook: how to fill it, and a sheet each for households, persons and cases, with choices from
 * the codes of the rules in force. */
#include <stdio.h>

#include "people/load_book_in.h"

struct template
{
    struct load *l;
    struct arena *a;
    struct xlsx_out *x;
};

/* ---- choices -------------------------------------------------------------------------------- */

struct picks {
    VEC(str) list;
};

static void picks_relation(struct template *t, struct picks *p)
{
    for (int i = 1; i < 100; i++) {
        char digits[4];
        snprintf(digits, sizeof digits, "%02d", i);
        str word = relation_word(str_from(digits));
        if (!str_eq(word, str_from(digits)))
            *VEC_PUSH(t->a, &p->list) = word;
    }
}

static const struct field *field_of(const struct load_table *t, const struct load_column *c)
{
    return c->core == COL_FACT ? t->facts.at[c->fact].field : NULL;
}

static struct picks picks_of(struct template *t, const struct load_table *table,
                             const struct load_column *c)
{
    const struct field *f = field_of(table, c);
    const struct rules *rules = t->l->spec.city->rules;
    struct picks p = {0};
    if (c->core == COL_SEX) {
        *VEC_PUSH(t->a, &p.list) = S("男");
        *VEC_PUSH(t->a, &p.list) = S("女");
    } else if (c->core == COL_RELATION) {
        picks_relation(t, &p);
    } else if (c->core == COL_PROGRAMME) {
        for (size_t i = 0; i < rules->policies.n; i++)
            *VEC_PUSH(t->a, &p.list) = rules->policies.at[i]->label.zh;
    } else if (c->csv.type == CSV_FLAG) {
        *VEC_PUSH(t->a, &p.list) = S("是");
        *VEC_PUSH(t->a, &p.list) = S("否");
    } else if (f != NULL && c->csv.type == CSV_CODE) {
        for (size_t i = 0; i < f->type.code->n_values; i++)
            *VEC_PUSH(t->a, &p.list) = f->type.code->values[i].label.zh;
    }
    return p;
}

/* ---- columns -------------------------------------------------------------------------------- */

static str core_help(enum load_core core)
{
    switch (core) {
    case COL_HOUSEHOLD:
        return S("自编编号，如 1、2、3，把同一家庭的各行连在一起；系统中已有的家庭填系统编号");
    case COL_DIVISION:
        return S("村（社区）的 12 位区划代码");
    case COL_PERSON:
        return S("系统中已有的人员填系统编号；新人员不填");
    case COL_IDENTITY:
        return S("18 位公民身份号码，按文本填写");
    case COL_PHONE:
        return S("11 位手机号，或固定电话，如 0812-3334444");
    case COL_CARD:
        return S("银行卡号或存折账号，按文本填写");
    case COL_FROM:
        return S("所填情况从哪天起有效；不填则从导入时选定的日期起");
    case COL_RELATION:
        return S("与户主的关系；每户一名户主");
    case COL_PROGRAMME:
        return S("正在享受的救助项目");
    case COL_SINCE:
        return S("从哪天起享受，如 2020-12-01");
    case COL_AMOUNT:
        return S("导入时选定月份实际发放的金额（元）");
    case COL_ACCOUNT:
        return S("发放到的卡号或账号，为家庭成员所有");
    case COL_FIRST_ABOVE:
        return S("渐退期家庭：收入首次超过标准的月份，如 2020-11");
    default:
        return S("");
    }
}

static str type_help(enum csv_type type)
{
    switch (type) {
    case CSV_YUAN:
        return S("金额（元），最多两位小数");
    case CSV_COUNT:
        return S("整数");
    case CSV_DATE:
        return S("日期，如 2020-12-01");
    case CSV_MONTH:
        return S("月份，如 2020-12");
    case CSV_FLAG:
        return S("是或否");
    case CSV_CODE:
        return S("从下拉列表中选择");
    default:
        return S("文字");
    }
}

static str help_of(const struct load_column *c)
{
    str help = c->core < COL__COUNT ? core_help(c->core) : S("");
    return help.n > 0 ? help : type_help(c->csv.type);
}

static str title_of(struct template *t, const struct load_column *c)
{
    str label = c->csv.names.at[1].n > 0 ? c->csv.names.at[1] : c->csv.names.at[0];
    return c->csv.required ? str_fmt(t->a, "%.*s*", STR_ARG(label)) : label;
}

MUST_CHECK static enum rc sheet_write(struct template *t, enum load_kind kind, struct err *err)
{
    const struct load_table *table = &t->l->tables[kind];
    struct xlsx_column *columns = NEW_N(t->a, struct xlsx_column, table->columns.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < table->columns.n; i++) {
        const struct load_column *c = &table->columns.at[i];
        struct picks p = picks_of(t, table, c);
        if (c->csv.type == CSV_FEN)
            continue;
        str title = title_of(t, c);
        size_t wide = utf8_width(title) + 4;
        columns[n++] = (struct xlsx_column){
            .title = title,
            .width = c->core == COL_IDENTITY || c->core == COL_CARD || c->core == COL_ACCOUNT ? 22
                     : wide > 12 ? (int)wide
                                 : 12,
            .picks = p.list.at,
            .n_picks = p.list.n,
            .note = str_fmt(t->a, "%s%.*s", c->csv.required ? "必填。" : "", STR_ARG(help_of(c))),
            .text = c->csv.type == CSV_TEXT};
    }
    return xlsx_sheet(t->x, book_sheet_names[kind].zh, columns, n, err);
}

/* ---- how to fill it ------------------------------------------------------------------------- */

static str picks_text(struct template *t, const struct picks *p)
{
    struct sbuf b;
    sbuf_init(&b, 8192);
    for (size_t i = 0; i < p->list.n; i++)
        sbuf_fmt(&b, "%s%.*s", i > 0 ? "、" : "", STR_ARG(p->list.at[i]));
    str out = str_dup(t->a, sbuf_str(&b));
    sbuf_deinit(&b);
    return out;
}

MUST_CHECK static enum rc explain(struct template *t, struct err *err)
{
    static const struct xlsx_column columns[] = {{.title = S("工作表"), .width = 9},
                                                 {.title = S("栏目"), .width = 22},
                                                 {.title = S("必填"), .width = 6},
                                                 {.title = S("怎样填"), .width = 48},
                                                 {.title = S("可选的值"), .width = 60}};
    static const str lines[] = {
        S("一户一行填在“家庭”，一人一行填在“人员”，正在享受的救助一项一行填在“在享”；不用的工作表留空或删除。"),
        S("三张表用“家庭编号”连在一起：自己编 1、2、3 即可，同一户在各表中编号相同。"),
        S("带 * 的栏目必填；不知道的留空。身份证号和卡号按文本填写，不要让它变成数字。"),
        S("不要改表头；栏目的次序可以调整，不需要的栏目可以删除。"),
        S("全部正确才会导入；有一处不对就什么也不导入，并退回标红的同一张表。"),
    };
    TRY(xlsx_sheet(t->x, S("填写说明"), columns, 5, err));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        xlsx_line(t->x, lines[i], XLSX_NOTE);
    for (int k = 0; k < LOAD_KINDS; k++) {
        const struct load_table *table = &t->l->tables[k];
        for (size_t i = 0; i < table->columns.n; i++) {
            const struct load_column *c = &table->columns.at[i];
            struct picks p = picks_of(t, table, c);
            if (c->csv.type == CSV_FEN)
                continue;
            xlsx_text(t->x, book_sheet_names[k].zh, XLSX_PLAIN);
            xlsx_text(t->x, title_of(t, c), XLSX_PLAIN);
            xlsx_text(t->x, c->csv.required ? S("是") : S(""), XLSX_PLAIN);
            xlsx_text(t->x, help_of(c), XLSX_NOTE);
            xlsx_text(t->x, picks_text(t, &p), XLSX_NOTE);
            xlsx_end_row(t->x);
        }
    }
    return RC_OK;
}

enum rc load_book_template(struct city *city, const char *path, struct err *err)
{
    struct arena a = {0};
    struct load *l = NEW(&a, struct load);
    struct template t = {.l = l, .a = &a};
    l->arena = &a;
    l->spec.city = city;
    for (int k = 0; k < LOAD_KINDS; k++)
        load_table_init(l, (enum load_kind)k);
    enum rc rc = xlsx_create(path, &t.x, err);
    if (rc == RC_OK) {
        rc = explain(&t, err);
        for (int k = 0; rc == RC_OK && k < LOAD_KINDS; k++)
            rc = sheet_write(&t, (enum load_kind)k, err);
        if (rc == RC_OK)
            rc = xlsx_close(t.x, err);
        else
            xlsx_abandon(t.x);
    }
    arena_deinit(&a);
    return rc;
}
