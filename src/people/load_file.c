/* Reading the files row by row: columns matched, values taken, what a row alone can tell. */
#include "people/load_file.h"

#include <string.h>

#include "people/load_in.h"

enum { GO_ON_EVERY = 500 };

/* A row at hand. */
struct row {
    struct load *l;
    enum load_kind kind;
    int64_t number;
    bool bad;
    const str *fields;
};

static void wrong(struct row *r, enum load_core core, struct told found, struct told expected)
{
    r->bad = true;
    load_mistake(r->l, r->kind, r->number, core, found, expected);
}

/* ---- header --------------------------------------------------------------------------------- */

static bool names_have(const struct csv_names *names, str header)
{
    for (size_t i = 0; i < CSV_NAMES_MAX; i++)
        if (names->at[i].n > 0 && str_eq(names->at[i], header))
            return true;
    return false;
}

int load_column_of(const struct load_table *t, str header)
{
    for (size_t i = 0; i < t->columns.n; i++)
        if (names_have(&t->columns.at[i].csv.names, header))
            return (int)i;
    return -1;
}

static void note(const struct load *l, str text)
{
    if (l->spec.note != NULL)
        l->spec.note(l->spec.note_ctx, text);
}

/* Are two columns of the file about the same? */
static bool same_meaning(const struct load_column *a, const struct load_column *b)
{
    bool amounts = (a->core == COL_AMOUNT && b->core == COL_AMOUNT_FEN) ||
                   (a->core == COL_AMOUNT_FEN && b->core == COL_AMOUNT);
    return amounts || (a->core == b->core && (a->core != COL_FACT || a->fact == b->fact));
}

MUST_CHECK static enum rc columns_twice(const struct load_table *t, const str *names,
                                        struct err *err)
{
    for (size_t i = 0; i < t->fields; i++)
        for (size_t k = 0; k < i; k++)
            if (t->of_file[i] >= 0 && t->of_file[k] >= 0 &&
                same_meaning(&t->columns.at[t->of_file[i]], &t->columns.at[t->of_file[k]]))
                return err_set(err, RC_BAD_INPUT,
                               "%s row 1: found both “%.*s” and “%.*s”, expected one of them",
                               t->name, STR_ARG(names[k]), STR_ARG(names[i]));
    return RC_OK;
}

MUST_CHECK static enum rc columns_missing(const struct load_table *t, struct err *err)
{
    for (size_t i = 0; i < t->columns.n; i++) {
        const struct load_column *c = &t->columns.at[i];
        bool found = !c->csv.required;
        for (size_t k = 0; k < t->fields && !found; k++)
            found = t->of_file[k] >= 0 && same_meaning(&t->columns.at[t->of_file[k]], c);
        if (!found)
            return err_set(err, RC_BAD_INPUT, "%s row 1: expected a column “%.*s” (%.*s)", t->name,
                           STR_ARG(c->csv.names.at[0]), STR_ARG(c->csv.names.at[1]));
    }
    return RC_OK;
}

MUST_CHECK static enum rc header_take(struct load *l, struct load_table *t, const str *names,
                                      struct err *err)
{
    t->of_file = NEW_N(l->arena, int, t->fields + 1);
    for (size_t k = 0; k < COL__COUNT; k++)
        t->where[k] = -1;
    t->headers = NEW_N(l->arena, str, t->fields + 1);
    for (size_t i = 0; i < t->fields; i++) {
        t->headers[i] = names[i];
        t->of_file[i] = load_column_of(t, names[i]);
        if (t->of_file[i] < 0 && names[i].n > 0)
            note(l, str_fmt(l->arena, "%s: column “%.*s” is not known and left out", t->name,
                            STR_ARG(names[i])));
        else if (t->of_file[i] >= 0 && t->columns.at[t->of_file[i]].core < COL__COUNT)
            t->where[t->columns.at[t->of_file[i]].core] = (int)i;
    }
    TRY(columns_twice(t, names, err));
    return columns_missing(t, err);
}

/* ---- values --------------------------------------------------------------------------------- */

/* A core column's text; empty when the file does not have it. */
static str text_of(const struct row *r, enum load_core core)
{
    int at = r->l->tables[r->kind].where[core];
    return at >= 0 ? r->fields[at] : S("");
}

static str kept(const struct row *r, enum load_core core)
{
    return str_dup(r->l->arena, text_of(r, core));
}

/* A core column's date, month or amount; false: empty or wrong. */
static bool value_of(struct row *r, enum load_core core, int64_t *out)
{
    const struct load_table *t = &r->l->tables[r->kind];
    struct told expected = {0};
    str text = text_of(r, core);
    if (text.n == 0)
        return false;
    const struct csv_column *c = &t->columns.at[t->of_file[t->where[core]]].csv;
    if (column_value(c, text, r->l->arena, out, &expected))
        return true;
    wrong(r, core, load_shown(r->l, text), expected);
    return false;
}

static day day_of(struct row *r, enum load_core core, day otherwise)
{
    int64_t v = 0;
    return value_of(r, core, &v) ? (day)v : otherwise;
}

static void fact_take(struct row *r, struct load_subject *s, size_t i)
{
    const struct load_table *t = &r->l->tables[r->kind];
    const struct load_column *c = &t->columns.at[t->of_file[i]];
    str text = r->fields[i];
    struct told expected = {0};
    int64_t v = 0;
    s->given[c->fact] = 1;
    if (text.n == 0 && !c->csv.required)
        return;
    if (text.n > 0 && c->csv.type == CSV_TEXT) {
        s->cells[c->fact].z = str_z(r->l->arena, text);
    } else if (text.n > 0 && column_value(&c->csv, text, r->l->arena, &v, &expected)) {
        s->cells[c->fact].i = v;
    } else {
        r->bad = true;
        load_mistake_named(r->l, r->kind, r->number, t->headers[i], load_shown(r->l, text),
                           text.n == 0 ? TOLD("a value", "必须填写") : expected);
        return;
    }
    s->given[c->fact] = 2;
}

static void subject_take(struct row *r, struct load_subject *s)
{
    const struct load_table *t = &r->l->tables[r->kind];
    s->row = r->number;
    s->from = day_of(r, COL_FROM, r->l->spec.from);
    s->cells = NEW_N(r->l->arena, union load_cell, t->facts.n + 1);
    s->given = NEW_N(r->l->arena, uint8_t, t->facts.n + 1);
    for (size_t i = 0; i < t->fields; i++)
        if (t->of_file[i] >= 0 && t->columns.at[t->of_file[i]].core == COL_FACT)
            fact_take(r, s, i);
}

bool load_reference(str text, int64_t *county, int64_t *id)
{
    str left = {0};
    str right = {0};
    return str_cut(text, '-', &left, &right) && left.n == 6 && str_int(left, county) &&
           str_int(right, id) && *county > 99999 && *id > 0;
}

/* ---- households ----------------------------------------------------------------------------- */

static struct load_household *household_new(struct load *l, str ref)
{
    struct load_household *h = NEW(l->arena, struct load_household);
    h->ref = ref;
    h->s.known = load_reference(ref, &h->s.county, &h->s.id);
    *VEC_PUSH(l->arena, &l->households) = h;
    if (ref.n > 0)
        map_put(&l->by_ref, ref, h);
    return h;
}

/* A household that another row speaks of: one of the files, or of the store. */
static struct load_household *household_of(struct row *r)
{
    str ref = kept(r, COL_HOUSEHOLD);
    struct load_household *h = ref.n > 0 ? map_get(&r->l->by_ref, ref) : NULL;
    int64_t county = 0;
    int64_t id = 0;
    if (h != NULL)
        return h;
    if (load_reference(ref, &county, &id))
        return household_new(r->l, ref);
    if (ref.n > 0 &&
        (r->l->spec.path[LOAD_HOUSEHOLDS] != NULL || r->l->spec.rows[LOAD_HOUSEHOLDS] != NULL))
        wrong(r, COL_HOUSEHOLD, load_shown(r->l, ref),
              load_told(r->l, "a household of %s, or one of the store like 510402-1175…",
                        "“%s”中有的家庭编号，或系统中的编号，如 510402-1175…",
                        r->l->tables[LOAD_HOUSEHOLDS].name));
    else
        wrong(
            r, COL_HOUSEHOLD, load_shown(r->l, ref),
            TOLD("a household of the store like 510402-1175…; those of a file need it in the same "
                 "call",
                 "系统中的家庭编号，如 510402-1175…；新家庭须在同一次导入中"));
    return NULL;
}

static void household_row(struct row *r)
{
    struct load *l = r->l;
    str ref = kept(r, COL_HOUSEHOLD);
    str division = text_of(r, COL_DIVISION);
    struct load_household *h = ref.n > 0 ? map_get(&l->by_ref, ref) : NULL;
    if (ref.n == 0)
        wrong(r, COL_HOUSEHOLD, TOLD("nothing", "空"),
              TOLD("a reference of your own, or one of the store", "自编的编号，或系统中的编号"));
    else if (h != NULL)
        wrong(r, COL_HOUSEHOLD, load_shown(l, ref),
              load_told(l, "each once: it stands in row %lld already",
                        "每个编号一次：第 %lld 行已有", (long long)h->s.row));
    if (h != NULL || ref.n == 0)
        h = household_new(l, S(""));
    else
        h = household_new(l, ref);
    subject_take(r, &h->s);
    if (division.n != 12 || !str_int(division, &h->division) || h->division < 0)
        wrong(r, COL_DIVISION, load_shown(l, division),
              TOLD("the 12 digits of a village or community", "村（社区）的 12 位区划代码"));
    if (!h->s.known)
        h->s.county = h->division / 1000000;
    h->s.bad = r->bad;
}

/* ---- persons -------------------------------------------------------------------------------- */

static void sex_take(struct row *r, struct load_person *p)
{
    static const struct {
        str text;
        int sex;
    } words[] = {{{"男", 3}, 1},   {{"女", 3}, 2},    {{"1", 1}, 1},    {{"2", 1}, 2},
                 {{"0", 1}, 0},    {{"9", 1}, 9},     {{"male", 4}, 1}, {{"female", 6}, 2},
                 {{"未知", 6}, 0}, {{"未说明", 9}, 9}};
    str text = text_of(r, COL_SEX);
    if (text.n == 0)
        return;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_eq(words[i].text, text)) {
            p->sex = words[i].sex;
            return;
        }
    wrong(r, COL_SEX, load_shown(r->l, text), TOLD("男, 女, or a number of GB/T 2261.1", "男或女"));
}

/* What id_number_read() says, in Chinese. */
static void identity_words(const struct row *r, struct told *found, struct told *expected)
{
    if (str_starts(found->en, S("“"))) {
        size_t end = found->en.n;
        while (end >= 3 && !str_eq(str_sub(found->en, end - 3, end), S("”")))
            end--;
        found->zh = str_fmt(r->l->arena, "最后一位是 %.*s", (int)end, found->en.p);
        expected->zh = str_fmt(r->l->arena, "校验码 %.*s，请与证件核对", STR_ARG(expected->en));
    } else if (str_find(found->en, S(" characters")) >= 0) {
        found->zh = str_fmt(r->l->arena, "%.*s 个字符", (int)str_find(found->en, S(" characters")),
                            found->en.p);
        expected->zh = S("17 位数字加 1 位校验码，或旧的 15 位");
    } else {
        found->zh = str_fmt(r->l->arena, "出生日期 %.*s",
                            STR_ARG(str_sub(found->en, sizeof "the birth date " - 1, found->en.n)));
        expected->zh = S("真实的、不晚于今天的日期");
    }
}

/* The number itself stays out of the messages. */
static void identity_wrong(struct row *r, const struct err *e)
{
    str text = str_from(e->text);
    str head = S("identity number: found ");
    long at = str_find(text, S(", expected "));
    if (!str_starts(text, head) || at < 0) {
        wrong(r, COL_IDENTITY, TOLD("a number", "一个号码"),
              (struct told){str_dup(r->l->arena, text), S("正确的公民身份号码")});
        return;
    }
    struct told found = {str_dup(r->l->arena, str_sub(text, head.n, (size_t)at)), S("")};
    struct told expected = {str_dup(r->l->arena, str_sub(text, (size_t)at + 11, text.n)), S("")};
    identity_words(r, &found, &expected);
    wrong(r, COL_IDENTITY, found, expected);
}

/* A number as `export` masks it says nothing: it is left as it is in the store. */
static bool is_masked(str s)
{
    return str_find(s, S("****")) >= 0;
}

static str identity_take(struct row *r)
{
    char id[19];
    struct err e = {0};
    str text = text_of(r, COL_IDENTITY);
    if (text.n == 0 || is_masked(text))
        return S("");
    if (id_number_read(text, r->l->spec.today, id, &e) == RC_OK)
        return str_dup(r->l->arena, str_from(id));
    identity_wrong(r, &e);
    return S("");
}

/* What an identity number tells of its holder must be what the other columns say. */
static void identity_agree(struct row *r, struct load_person *p)
{
    char text[11];
    if (p->identity.n == 0)
        return;
    day birth = id_number_birth(p->identity.p);
    int sex = id_number_sex(p->identity.p);
    if (p->birth == DAY_NONE && text_of(r, COL_BIRTH_DATE).n == 0)
        p->birth = birth;
    else if (p->birth != DAY_NONE && p->birth != birth)
        wrong(r, COL_BIRTH_DATE, load_shown(r->l, text_of(r, COL_BIRTH_DATE)),
              load_told(r->l, "%s, as in the identity number", "%s（与身份证号一致）",
                        date_text(birth, text)));
    if (p->sex == 0)
        p->sex = sex;
    else if (p->sex != 9 && p->sex != sex)
        wrong(r, COL_SEX, load_shown(r->l, text_of(r, COL_SEX)),
              load_told(r->l, "%s, as in the identity number", "%s（与身份证号一致）",
                        sex == 1 ? "男" : "女"));
}

static bool digits_only(str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n > 0;
}

static bool landline(str s)
{
    str area = {0};
    str rest = {0};
    if (!str_cut(s, '-', &area, &rest))
        return digits_only(s) && s.n >= 7 && s.n <= 12 && s.p[0] != '1';
    return digits_only(area) && area.p[0] == '0' && area.n <= 4 && digits_only(rest) &&
           rest.n >= 7 && rest.n <= 8;
}

static str phone_take(struct row *r)
{
    str text = text_of(r, COL_PHONE);
    if (text.n == 0 || is_masked(text))
        return S("");
    if (mobile_valid(text) || landline(text))
        return str_dup(r->l->arena, text);
    wrong(r, COL_PHONE, TOLD("a number of another form", "号码形式不对"),
          TOLD("11 digits beginning with 13 to 19, or a landline like 0812-3334444",
               "13 至 19 开头的 11 位手机号，或固定电话，如 0812-3334444"));
    return S("");
}

/* Passbooks and social-security cards need not satisfy Luhn's rule; other lengths are slips. */
static str card_take(struct row *r, enum load_core core)
{
    str text = text_of(r, core);
    if (text.n == 0 || is_masked(text))
        return S("");
    if (!digits_only(text) || text.n < 12 || text.n > 24) {
        wrong(r, core, TOLD("a number of another form", "号码形式不对"),
              TOLD("the 12 to 24 digits of a card or account", "12 至 24 位数字的卡号或账号"));
        return S("");
    }
    if (text.n >= 16 && text.n <= 19 && !card_luhn(text))
        note(r->l, str_fmt(r->l->arena,
                           "%s row %lld: the check digit of the card is wrong; right for some "
                           "passbooks, else a slip",
                           r->l->tables[r->kind].name, (long long)r->number));
    return str_dup(r->l->arena, text);
}

static void relation_take(struct row *r, struct load_person *p)
{
    str text = text_of(r, COL_RELATION);
    if (text.n > 0 && !relation_read(text, p->relation))
        wrong(r, COL_RELATION, load_shown(r->l, text),
              TOLD("户主, 配偶, 子, 女 …, or two digits of GB/T 4761",
                   "户主、配偶、子、女等，或两位代码"));
}

str load_person_key(const struct load *l, const struct load_household *h, str ref)
{
    int64_t county = 0;
    int64_t id = 0;
    if (load_reference(ref, &county, &id))
        return ref;
    return str_fmt(l->arena, "%p %.*s", (const void *)h, STR_ARG(ref));
}

struct load_person *load_person_by_ref(const struct load *l, const struct load_household *h,
                                       str ref)
{
    return map_get(&l->people, load_person_key(l, h, ref));
}

static void person_ref(struct row *r, struct load_person *p)
{
    struct load *l = r->l;
    str ref = kept(r, COL_PERSON);
    if (ref.n == 0)
        return;
    const struct load_person *other = load_person_by_ref(l, p->household, ref);
    p->s.known = load_reference(ref, &p->s.county, &p->s.id);
    if (other == NULL)
        map_put(&l->people, load_person_key(l, p->household, ref), p);
    else if (other->household == p->household)
        wrong(r, COL_PERSON, load_shown(l, ref),
              load_told(l, "each once: it stands in row %lld already",
                        "每个编号一次：第 %lld 行已有", (long long)other->s.row));
    else
        wrong(
            r, COL_PERSON, load_shown(l, ref),
            load_told(l,
                      "each in one household: row %lld has the same person in another on the same "
                      "day",
                      "每人只在一个家庭：第 %lld 行的家庭里已有此人", (long long)other->s.row));
}

static void dates_take(struct row *r, struct load_person *p)
{
    char text[11];
    p->birth = day_of(r, COL_BIRTH_DATE, DAY_NONE);
    p->death = day_of(r, COL_DEATH_DATE, DAY_NONE);
    identity_agree(r, p);
    if (p->birth == DAY_NONE && !r->bad)
        wrong(r, COL_BIRTH_DATE, TOLD("nothing", "空"),
              TOLD("a date of birth, or an identity number", "出生日期或身份证号"));
    if (p->birth != DAY_NONE && p->birth > r->l->spec.today)
        wrong(r, COL_BIRTH_DATE, load_shown(r->l, text_of(r, COL_BIRTH_DATE)),
              TOLD("a day that is not after today", "不晚于今天的日期"));
    if (p->birth != DAY_NONE && p->death != DAY_NONE && p->death < p->birth)
        wrong(r, COL_DEATH_DATE, load_shown(r->l, text_of(r, COL_DEATH_DATE)),
              load_told(r->l, "a day not before the birth on %s", "不早于出生日期 %s",
                        date_text(p->birth, text)));
}

static void person_row(struct row *r)
{
    struct load *l = r->l;
    struct load_person *p = NEW(l->arena, struct load_person);
    *VEC_PUSH(l->arena, &l->persons) = p;
    p->household = household_of(r);
    subject_take(r, &p->s);
    p->name = kept(r, COL_NAME);
    if (p->name.n == 0)
        wrong(r, COL_NAME, TOLD("nothing", "空"), TOLD("a name", "姓名"));
    person_ref(r, p);
    sex_take(r, p);
    relation_take(r, p);
    p->identity = identity_take(r);
    dates_take(r, p);
    p->phone = phone_take(r);
    p->card = card_take(r, COL_CARD);
    if (p->household != NULL) {
        *VEC_PUSH(l->arena, &p->household->members) = p;
        if (!p->s.known)
            p->s.county = p->household->s.county;
        else if (p->s.county != p->household->s.county)
            wrong(r, COL_PERSON, load_shown(l, text_of(r, COL_PERSON)),
                  TOLD("a person of the household's own county", "与家庭同一区县的人员"));
    }
    p->s.bad = r->bad;
}

/* ---- cases ---------------------------------------------------------------------------------- */

static const struct policy *programme_take(struct row *r)
{
    const struct rules *rules = r->l->spec.city->rules;
    str text = text_of(r, COL_PROGRAMME);
    struct sbuf names;
    for (size_t i = 0; i < rules->policies.n; i++) {
        const struct policy *p = rules->policies.at[i];
        if (str_eq(text, p->name.text) || str_eq(text, p->label.zh) || str_eq(text, p->label.en))
            return p;
    }
    sbuf_init(&names, 2000);
    sbuf_addz(&names, "one of");
    for (size_t i = 0; i < rules->policies.n; i++)
        sbuf_fmt(&names, "%s %.*s", i > 0 ? "," : "", STR_ARG(rules->policies.at[i]->name.text));
    struct told expected = {.en = str_dup(r->l->arena, sbuf_str(&names))};
    sbuf_clear(&names);
    sbuf_addz(&names, "以下之一：");
    for (size_t i = 0; i < rules->policies.n; i++)
        sbuf_fmt(&names, "%s%.*s", i > 0 ? "、" : "", STR_ARG(rules->policies.at[i]->label.zh));
    expected.zh = str_dup(r->l->arena, sbuf_str(&names));
    wrong(r, COL_PROGRAMME, load_shown(r->l, text), expected);
    sbuf_deinit(&names);
    return NULL;
}

static void amount_take(struct row *r, struct load_case *k)
{
    int64_t v = 0;
    k->has_amount = value_of(r, COL_AMOUNT, &k->fen) || value_of(r, COL_AMOUNT_FEN, &k->fen);
    if (k->has_amount && r->l->spec.month == 0)
        wrong(r, COL_AMOUNT, TOLD("an amount", "有金额"),
              TOLD("--month with the month it was paid for", "选定金额所属的月份"));
    if (k->has_amount && k->fen < 0)
        wrong(r, COL_AMOUNT, TOLD("an amount below nothing", "负数"),
              TOLD("what was paid", "实际发放的金额"));
    if (value_of(r, COL_FIRST_ABOVE, &v))
        k->first_above = (month)v;
}

static void case_row(struct row *r)
{
    struct load *l = r->l;
    struct load_case *k = NEW(l->arena, struct load_case);
    *VEC_PUSH(l->arena, &l->cases) = k;
    k->row = r->number;
    k->policy = programme_take(r);
    k->since = day_of(r, COL_SINCE, DAY_NONE);
    if (k->since == DAY_NONE && !r->bad)
        wrong(r, COL_SINCE, TOLD("nothing", "空"),
              TOLD("the day from which it is granted", "开始享受的日期"));
    if (k->since > l->spec.today)
        wrong(r, COL_SINCE, load_shown(l, text_of(r, COL_SINCE)),
              TOLD("a day that is not after today", "不晚于今天的日期"));
    amount_take(r, k);
    k->account = card_take(r, COL_ACCOUNT);
    k->identity = identity_take(r);
    k->person_ref = kept(r, COL_PERSON);
    if (text_of(r, COL_HOUSEHOLD).n > 0)
        k->household = household_of(r);
    else if (k->identity.n == 0 && k->person_ref.n == 0 && !r->bad)
        wrong(r, COL_HOUSEHOLD, TOLD("nothing", "空"),
              TOLD("a household, a person or an identity number", "家庭编号、人员编号或身份证号"));
    k->bad = r->bad;
}

/* ---- files ---------------------------------------------------------------------------------- */

static void reader_mistakes(struct load *l, enum load_kind kind, const struct csv_reader *reader)
{
    const struct csv_mistakes *m = csv_mistakes(reader);
    for (size_t i = 0; i < m->list.n; i++) {
        const struct csv_mistake *x = &m->list.at[i];
        load_mistake_named(l, kind, x->row, x->column, (struct told){x->found, x->found},
                           (struct told){x->expected, x->expected});
        l->fatal = true;
    }
}

static void (*const row_take[LOAD_KINDS])(struct row *) = {household_row, person_row, case_row};

MUST_CHECK static enum rc rows_read(struct load *l, enum load_kind kind, struct csv_reader *reader,
                                    struct err *err)
{
    for (;;) {
        struct row r = {.l = l, .kind = kind};
        enum rc rc = csv_row(reader, &r.fields, err);
        if (rc == RC_BAD_INPUT)
            reader_mistakes(l, kind, reader);
        if (rc != RC_OK || r.fields == NULL)
            return rc == RC_BAD_INPUT ? RC_OK : rc;
        r.number = csv_row_number(reader, 0);
        l->tables[kind].rows++;
        row_take[kind](&r);
    }
}

MUST_CHECK static enum rc rows_from(struct load *l, enum load_kind kind,
                                    const struct load_rows *rows, struct err *err)
{
    struct load_table *t = &l->tables[kind];
    const str *names = NULL;
    t->name = rows->name;
    TRY(rows->begin(rows->ctx, l, &names, &t->fields, err));
    TRY(header_take(l, t, names, err));
    for (;;) {
        struct row r = {.l = l, .kind = kind};
        TRY(rows->next(rows->ctx, &r.fields, &r.number, &r.bad, err));
        if (r.fields == NULL)
            return RC_OK;
        t->rows++;
        row_take[kind](&r);
        if (++l->rows % GO_ON_EVERY == 0 && l->spec.go_on != NULL &&
            !l->spec.go_on(l->spec.go_on_ctx, l->rows))
            return err_set(err, RC_INTERRUPTED, "stopped after %lld rows", (long long)l->rows);
    }
}

MUST_CHECK static enum rc file_read_one(struct load *l, enum load_kind kind, struct err *err)
{
    struct csv_options o = {
        .path = l->spec.path[kind], .note = l->spec.note, .note_ctx = l->spec.note_ctx};
    struct csv_reader *reader = NULL;
    TRY(csv_open(l->arena, &o, &reader, err));
    l->tables[kind].name = csv_name(reader);
    const str *names = NULL;
    enum rc rc = csv_rows_begin(reader, &names, &l->tables[kind].fields, err);
    if (rc == RC_OK)
        rc = header_take(l, &l->tables[kind], names, err);
    if (rc == RC_OK)
        rc = rows_read(l, kind, reader, err);
    csv_close(reader);
    return rc;
}

enum rc load_read(const struct load_spec *spec, struct arena *a, struct load **out, struct err *err)
{
    struct load *l = NEW(a, struct load);
    l->spec = *spec;
    l->arena = a;
    map_init(&l->by_ref, a);
    map_init(&l->people, a);
    *out = l;
    for (int k = 0; k < LOAD_KINDS; k++) {
        load_table_init(l, (enum load_kind)k);
        if (spec->rows[k] != NULL)
            TRY(rows_from(l, (enum load_kind)k, spec->rows[k], err));
        else if (spec->path[k] != NULL)
            TRY(file_read_one(l, (enum load_kind)k, err));
    }
    TRY(load_check(l, err));
    if (l->fatal || (l->n_mistakes > 0 && !spec->good_rows))
        return err_set(err, RC_BAD_INPUT, "%lld mistake%s; nothing was stored",
                       (long long)l->n_mistakes, l->n_mistakes == 1 ? "" : "s");
    return RC_OK;
}
