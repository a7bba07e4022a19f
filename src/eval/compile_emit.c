/*
 * From the graph to calls in order. A node is worked out densely, for all subjects or members of a
 * block, or only for rows picked out by a mask: amounts, and what must be known of doubtful rows.
 * What a picked row needs is read from the dense columns that exist anyway; the rest is worked out
 * for these rows alone. Temporaries are handed on as soon as they were read for the last time, so
 * that they stay in the nearest cache.
 */
#include "eval/compile.h"

#include <assert.h>
#include <string.h>

enum { DENSE_SUBJECTS, DENSE_MEMBERS, PICKED };

/* Rows that calls run over. */
struct domain {
    enum level level;
    node_id mask;    /* PICKED: of these rows; 0: of the subjects of `owned` */
    uint32_t rows;   /* value: their numbers */
    uint32_t owners; /* domain of their subjects; 0: not made yet */
    uint32_t owned;  /* domain of the members that these are the subjects of */
    uint32_t *memo;  /* value by node */
    size_t n_memo;
};

struct value {
    size_t bytes; /* 0: not in the working memory */
    size_t last;  /* call that reads it last */
};

/* A node worked out in a domain. */
struct made {
    uint64_t key; /* 0: free; nodes count from 1 */
    uint32_t value;
};

struct emit {
    struct compile *c;
    struct variant *v;
    struct made *made;
    size_t n_made, n_slots;
    VEC(struct call) calls;
    VEC(struct domain) domains;
    VEC(struct value) values;
    VEC(struct variant_leaf) leaves;
    VEC(struct variant_out) outs;
};

static uint32_t emit_node(struct emit *e, node_id n, uint32_t dom);
static uint32_t operand(struct emit *e, node_id n, enum elem type, uint32_t dom);

static size_t elem_bytes(enum elem t)
{
    return t == EL_U8 ? 1 : t == EL_I32 ? 4 : 8;
}

static bool never(const struct ir *ir, node_id n)
{
    return ir_is_const(ir, n) && !ir_at(ir, n)->k;
}

/* ---- values and calls ----------------------------------------------------------------------- */

static uint32_t value_new(struct emit *e, size_t bytes)
{
    *VEC_PUSH(e->c->a, &e->values) = (struct value){.bytes = bytes};
    return (uint32_t)(e->values.n - 1);
}

/* Room for a column of a level, with the padding that kernels may write. */
static uint32_t value_column(struct emit *e, enum level level, enum elem type)
{
    size_t n = level == LEVEL_MEMBER ? BLOCK_MEMBERS : BLOCK_SUBJECTS;

    return value_new(e, (n + KERNEL_PAD) * elem_bytes(type));
}

static struct call *call_new(struct emit *e, kernel_fn *fn, uint32_t rows, uint32_t d, uint32_t a,
                             uint32_t b, uint32_t c)
{
    struct call *call = VEC_PUSH(e->c->a, &e->calls);

    assert(fn);
    *call = (struct call){.fn = fn, .rows = rows, .d = d, .a = a, .b = b, .c = c};
    return call;
}

static struct domain *domain_at(struct emit *e, uint32_t dom)
{
    return &e->domains.at[dom];
}

static struct made *made_at(struct emit *e, uint64_t key)
{
    size_t at = (size_t)((key * 0x9e3779b97f4a7c15u) >> 32) & (e->n_slots - 1);

    while (e->made[at].key && e->made[at].key != key)
        at = (at + 1) & (e->n_slots - 1);
    return &e->made[at];
}

/* Where the value of a node in a domain is kept; 0 in it: there is none yet. */
static uint32_t *memo_of(struct emit *e, node_id n, uint32_t dom)
{
    uint64_t key = (uint64_t)dom << 32 | n;

    if (e->n_made * 2 >= e->n_slots) {
        struct made *old = e->made;
        size_t n_old = e->n_slots;
        e->n_slots = n_old ? 2 * n_old : 1024;
        e->made = NEW_N(e->c->a, struct made, e->n_slots);
        for (size_t i = 0; i < n_old; i++)
            if (old[i].key)
                *made_at(e, old[i].key) = old[i];
    }
    struct made *m = made_at(e, key);
    if (!m->key) {
        m->key = key;
        e->n_made++;
    }
    return &m->value;
}

/* ---- domains -------------------------------------------------------------------------------- */

static uint32_t domain_new(struct emit *e, struct domain d)
{
    *VEC_PUSH(e->c->a, &e->domains) = d;
    return (uint32_t)(e->domains.n - 1);
}

/* The rows of a dense domain for which a mask holds. */
static uint32_t domain_of_mask(struct emit *e, node_id mask, uint32_t dense)
{
    enum level level = domain_at(e, dense)->level;

    for (size_t i = PICKED; i < e->domains.n; i++)
        if (e->domains.at[i].mask == mask && e->domains.at[i].level == level)
            return (uint32_t)i;
    uint32_t a = operand(e, mask, EL_U8, dense);
    uint32_t rows = value_column(e, level, EL_I32);
    uint32_t dom = domain_new(e, (struct domain){.level = level, .mask = mask, .rows = rows});
    call_new(e, kernel_compact, dense, rows, a, 0, 0)->picks = dom;
    return dom;
}

/* The subjects of picked members, one for each. */
static uint32_t domain_of_owners(struct emit *e, uint32_t dom)
{
    struct domain *d = domain_at(e, dom);
    uint32_t members = d->rows;

    if (d->owners)
        return d->owners;
    uint32_t rows = value_column(e, LEVEL_MEMBER, EL_I32);
    struct call *call = call_new(e, kernel_owner, dom, rows, members, VALUE_FIRST, 0);
    call->k.k = BLOCK_SUBJECTS;
    uint32_t owners =
        domain_new(e, (struct domain){.level = LEVEL_SUBJECT, .rows = rows, .owned = dom});
    domain_at(e, dom)->owners = owners;
    return owners;
}

/* Owners are as many as the members that they were found for. */
static uint32_t counted_by(struct emit *e, uint32_t dom)
{
    struct domain *d = domain_at(e, dom);

    return d->owned ? d->owned : dom;
}

static enum level room_of(struct emit *e, uint32_t dom)
{
    return domain_at(e, counted_by(e, dom))->level;
}

/* ---- nodes ---------------------------------------------------------------------------------- */

static uint32_t emit_fill(struct emit *e, int64_t k, enum elem type, uint32_t dom)
{
    uint32_t d = value_column(e, room_of(e, dom), type);

    call_new(e, kernel_fill(type), counted_by(e, dom), d, 0, 0, 0)->k.k = k;
    return d;
}

/* An operand that must have this type: constants have none of their own. */
static uint32_t operand(struct emit *e, node_id n, enum elem type, uint32_t dom)
{
    const struct node *x = ir_at(&e->c->ir, n);

    if (n == 0)
        return 0;
    return x->op == IR_CONST ? emit_fill(e, x->k, type, dom) : emit_node(e, n, dom);
}

static uint32_t leaf_value(struct emit *e, const struct node *n)
{
    const struct leaf *leaf = &e->c->leaves.at[n->k];
    bool unknown = n->op == IR_UNKNOWN;

    for (size_t i = 0; i < e->leaves.n; i++)
        if (e->leaves.at[i].column == leaf->column && e->leaves.at[i].unknown == unknown)
            return e->leaves.at[i].value;
    uint32_t value = value_new(e, 0);
    *VEC_PUSH(e->c->a, &e->leaves) = (struct variant_leaf){
        value, leaf->column, leaf->level, (uint8_t)(unknown ? 1 : elem_bytes(leaf->type)), unknown};
    return value;
}

/* The table with a place for every byte, in the element type of the result. */
static void *table_of(struct emit *e, const struct node *n)
{
    uint8_t *u8 = arena_alloc(e->c->a, KERNEL_TABLE * elem_bytes(n->type), 64);
    union {
        uint8_t *u8;
        int32_t *i32;
        int64_t *i64;
    } table = {u8};

    for (size_t i = 0; i < n->lut->n && i < KERNEL_TABLE; i++) {
        if (n->type == EL_U8)
            table.u8[i] = (uint8_t)n->lut->v[i];
        else if (n->type == EL_I32)
            table.i32[i] = (int32_t)n->lut->v[i];
        else
            table.i64[i] = n->lut->v[i];
    }
    return u8;
}

/* Which kernel makes an element-wise node, and the type of its operands. */
static kernel_fn *kernel_of(struct emit *e, const struct node *n, enum elem *of)
{
    const struct node *a = ir_at(&e->c->ir, n->a), *b = ir_at(&e->c->ir, n->b);

    *of = n->type;
    switch ((int)n->op) {
    case IR_CVT:
        return kernel_convert(n->type, a->type);
    case IR_SEL:
        return kernel_select(n->type);
    case IR_MASKED:
        return kernel_masked(n->type);
    case IR_PICK:
        return kernel_pick(n->type);
    case IR_LUT:
        return kernel_lut(n->type, a->hi <= 1);
    case IR_YEARS:
        return kernel_years;
    case IR_MONTHS:
        return kernel_months;
    case IR_FLOOR:
        return kernel_floor;
    case IR_FLOORK:
        return kernel_floor_k;
    case IR_LT:
    case IR_EQ:
        *of = a->op == IR_CONST ? b->type : a->type;
        return kernel_map(n->op, *of);
    case IR_LTK:
    case IR_EQK:
        *of = a->type;
        return kernel_map(n->op, a->type);
    default:
        return kernel_map(n->op, n->type);
    }
}

/* Its padding can be read; so can what isn't there. */
static bool is_temporary(const struct emit *e, uint32_t value)
{
    return value == VALUE_NONE || e->values.at[value].bytes > 0;
}

static uint32_t emit_elementwise(struct emit *e, const struct node *n, uint32_t dom)
{
    enum elem of;
    kernel_fn *fn = kernel_of(e, n, &of);
    bool choice = n->op == IR_SEL || n->op == IR_MASKED;
    uint32_t a = operand(e, n->a, choice ? EL_U8 : of, dom);
    uint32_t b = operand(e, n->b, of, dom), c = operand(e, n->c, of, dom);
    uint32_t d = value_column(e, room_of(e, dom), n->type);
    struct call *call = call_new(e, fn, counted_by(e, dom), d, a, b, c);

    call->k = (struct kernel_const){n->k, n->k2, n->lut ? table_of(e, n) : NULL};
    call->padded = is_temporary(e, a) && is_temporary(e, b) && is_temporary(e, c) &&
                   n->op != IR_YEARS && n->op != IR_MONTHS;
    return d;
}

/* Sums of all subjects are differences of running sums. */
static uint32_t emit_sum_dense(struct emit *e, const struct node *n)
{
    uint32_t a = emit_node(e, n->a, DENSE_MEMBERS);
    uint32_t running = value_column(e, LEVEL_MEMBER, n->type);
    uint32_t d = value_column(e, LEVEL_SUBJECT, n->type);
    enum elem from = ir_at(&e->c->ir, n->a)->type;

    call_new(e, kernel_running(n->type, from), DENSE_MEMBERS, running, a, 0, 0);
    call_new(e, kernel_difference(n->type), DENSE_SUBJECTS, d, running, VALUE_FIRST, 0);
    return d;
}

static uint32_t emit_aggregate(struct emit *e, const struct node *n, uint32_t dom)
{
    bool picked = dom >= PICKED;
    enum elem from = n->a ? ir_at(&e->c->ir, n->a)->type : EL_U8;
    kernel_fn *fn;

    if (n->op == IR_SUM && !picked)
        return emit_sum_dense(e, n);
    uint32_t a = n->a ? operand(e, n->a, from, DENSE_MEMBERS) : 0;
    uint32_t d = value_column(e, room_of(e, dom), n->type);
    switch ((int)n->op) {
    case IR_SIZE:
        fn = kernel_size(n->type, picked);
        break;
    case IR_ANY:
        fn = kernel_any(picked);
        break;
    case IR_COUNT:
        fn = kernel_count(n->type, picked);
        break;
    case IR_SUM:
        fn = kernel_sum_picked(n->type, from);
        break;
    default:
        fn = kernel_extreme(n->op, n->type, picked);
        break;
    }
    uint32_t rows = picked ? domain_at(e, dom)->rows : 0;
    call_new(e, fn, counted_by(e, dom), d, a, VALUE_FIRST, rows)->k.k = n->k;
    return d;
}

static uint32_t emit_spread(struct emit *e, const struct node *n, uint32_t dom)
{
    if (dom >= PICKED)
        return emit_node(e, n->a, domain_of_owners(e, dom));
    uint32_t a = operand(e, n->a, n->type, DENSE_SUBJECTS);
    uint32_t d = value_column(e, LEVEL_MEMBER, n->type);
    call_new(e, kernel_bcast(n->type), DENSE_SUBJECTS, d, a, VALUE_FIRST, 0);
    return d;
}

/* Picked rows of a column that is there. */
static uint32_t emit_gather(struct emit *e, uint32_t dense, enum elem type, uint32_t dom)
{
    uint32_t d = value_column(e, room_of(e, dom), type);

    call_new(e, kernel_gather(type), counted_by(e, dom), d, dense, domain_at(e, dom)->rows, 0);
    return d;
}

static uint32_t emit_node(struct emit *e, node_id id, uint32_t dom)
{
    const struct node n = *ir_at(&e->c->ir, id);
    enum level level = domain_at(e, dom)->level;
    uint32_t dense = level == LEVEL_MEMBER ? DENSE_MEMBERS : DENSE_SUBJECTS, value;

    if (n.op == IR_CONST)
        return emit_fill(e, n.k, n.type, dom);
    assert(n.level == level);
    if (*memo_of(e, id, dom))
        return *memo_of(e, id, dom);
    if (n.op == IR_FACT || n.op == IR_UNKNOWN) {
        value = leaf_value(e, &n);
        *memo_of(e, id, dense) = value;
    } else {
        value = *memo_of(e, id, dense);
    }
    if (value)
        value = dom >= PICKED ? emit_gather(e, value, n.type, dom) : value;
    else if (n.op == IR_BCAST)
        value = emit_spread(e, &n, dom);
    else if (n.op == IR_SIZE || (n.op >= IR_ANY && n.op <= IR_LOW))
        value = emit_aggregate(e, &n, dom);
    else
        value = emit_elementwise(e, &n, dom);
    *memo_of(e, id, dom) = value;
    return value;
}

/* ---- results -------------------------------------------------------------------------------- */

static uint32_t out_value(struct emit *e, size_t policy, uint8_t what)
{
    uint32_t value = value_new(e, 0);

    *VEC_PUSH(e->c->a, &e->outs) = (struct variant_out){value, policy, what};
    return value;
}

/* A payment of the same amount to all is written at once, before the others are added. */
static bool emit_constant_pay(struct emit *e, node_id who, node_id fen, uint32_t out,
                              uint32_t dense)
{
    const struct node n = *ir_at(&e->c->ir, fen);

    if (n.op != IR_CONST)
        return false;
    uint32_t a = operand(e, dense == DENSE_MEMBERS ? ir_spread(&e->c->ir, who) : who, EL_U8, dense);
    call_new(e, kernel_out_const, dense, out, a, 0, 0)->k.k = n.k;
    return true;
}

static void emit_pay(struct emit *e, node_id who, node_id fen, uint32_t out, uint32_t dense)
{
    struct ir *ir = &e->c->ir;
    bool member = dense == DENSE_MEMBERS;

    if (never(ir, who))
        return;
    uint32_t dom = domain_of_mask(e, member ? ir_spread(ir, who) : who, dense);
    node_id wide = ir_as(ir, member ? ir_spread(ir, fen) : fen, EL_I64);
    uint32_t a = operand(e, wide, EL_I64, dom);
    call_new(e, kernel_add_at, dom, out, a, domain_at(e, dom)->rows, 0);
}

/* All payments of a policy to its subjects, or to members. */
static void emit_pays(struct emit *e, size_t position, uint8_t what)
{
    struct compile *c = e->c;
    const struct policy *p = c->bind->policies[position];
    uint32_t dense = what == WANT_MEMBER_FEN ? DENSE_MEMBERS : DENSE_SUBJECTS;
    uint32_t out = out_value(e, position, what);
    const struct pay *first = NULL;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < p->n_alts; i++) {
            for (size_t k = 0; k < p->alts[i].n_pays; k++) {
                const struct pay *pay = &p->alts[i].pays[k];
                if ((pay->form == PAY_SUBJECT) != (dense == DENSE_SUBJECTS) || pay == first)
                    continue;
                node_id who = compile_payee(c, p, i, pay);
                node_id fen = compile_expr(c, pay->value).n;
                if (pass == 1)
                    emit_pay(e, who, fen, out, dense);
                else if (!first && emit_constant_pay(e, who, fen, out, dense))
                    first = pay;
            }
        }
        if (pass == 0 && !first)
            call_new(e, kernel_out_zero, dense, out, 0, 0, 0);
    }
}

/* The mask of each reason of a policy, by its number. */
static node_id *reason_masks(struct compile *c, const struct policy *p)
{
    struct policy_code *code = compile_policy(c, p);
    struct ir *ir = &c->ir;
    node_id *mask = NEW_N(c->a, node_id, p->n_reasons + 1);
    node_id *failed = NEW_N(c->a, node_id, p->n_alts);

    for (size_t i = 0; i < p->n_reasons; i++)
        mask[i] = ir_truth(ir, false);
    for (size_t i = 0; i < p->n_alts; i++)
        failed[i] = ir_truth(ir, false);
    for (size_t i = 0; i < p->n_alts; i++) {
        const struct alternative *alt = &p->alts[i];
        for (size_t k = 0; alt->lists_own && k < alt->n_conds; k++)
            mask[alt->first_cond + k] = code->chosen[i];
        for (size_t k = 0; k < alt->n_because; k++) {
            const struct because *b = &alt->because[k];
            const struct alternative *of = &p->alts[b->alt];
            node_id when = code->chosen[i];
            if (b->form != BECAUSE_WHEN && b->alt >= i)
                continue;
            if (b->form == BECAUSE_FAILED) {
                failed[b->alt] = ir_or(ir, failed[b->alt], when);
                continue;
            }
            if (b->form == BECAUSE_WHEN)
                when = ir_and(ir, when, compile_mask(c, b->when));
            for (size_t j = 0; b->form == BECAUSE_ONLY && j < of->n_conds; j++) {
                node_id held = compile_mask(c, of->conds[j].expr);
                when = ir_and(ir, when, j == b->cond ? ir_not(ir, held) : held);
            }
            mask[b->reason] = ir_or(ir, mask[b->reason], when);
        }
    }
    for (size_t i = 0; i < p->n_alts; i++)
        for (size_t k = 0; k < p->alts[i].n_conds; k++) {
            node_id not_held = ir_not(ir, compile_mask(c, p->alts[i].conds[k].expr));
            node_id *m = &mask[p->alts[i].first_cond + k];
            *m = ir_or(ir, *m, ir_and(ir, failed[i], not_held));
        }
    return mask;
}

/* Reasons are packed eight to a byte, and the bytes into words. */
static void emit_reasons(struct emit *e, size_t position)
{
    struct compile *c = e->c;
    struct ir *ir = &c->ir;
    const struct policy *p = c->bind->policies[position];
    uint32_t dense = p->of_member ? DENSE_MEMBERS : DENSE_SUBJECTS;
    uint32_t out = out_value(e, position, WANT_REASONS), bytes[8] = {0};
    node_id *mask = reason_masks(c, p);
    size_t n = (p->n_reasons + 7) / 8;

    c->policy = p;
    for (size_t g = 0; g < n || g == 0; g++) {
        node_id packed = ir_const(ir, 0);
        for (size_t i = g * 8; i < p->n_reasons && i < g * 8 + 8; i++)
            packed = ir_merge(ir, packed, ir_bit(ir, mask[i], (uint8_t)(1u << (i & 7))));
        packed = p->of_member ? ir_spread(ir, packed) : packed;
        bytes[g] = operand(e, packed, EL_U8, dense);
    }
    call_new(e, n > 1 ? kernel_out_bits2 : kernel_out_bits, dense, out, bytes[0], bytes[1], 0);
    for (size_t g = 2; g < n; g++)
        call_new(e, kernel_or_bits, dense, out, bytes[g], 0, 0)->k.k = (int64_t)(8 * g);
}

static void emit_outcome(struct emit *e, size_t position)
{
    const struct policy *p = e->c->bind->policies[position];
    node_id n = compile_policy(e->c, p)->outcome;
    uint32_t dense = p->of_member ? DENSE_MEMBERS : DENSE_SUBJECTS;
    uint32_t a = operand(e, p->of_member ? ir_spread(&e->c->ir, n) : n, EL_U8, dense);

    call_new(e, kernel_out_bytes, dense, out_value(e, position, WANT_OUTCOME), a, 0, 0);
}

/* ---- rows for the exact path ---------------------------------------------------------------- */

/* Rows of the first mask are picked out and asked for the second. */
static void emit_trap(struct emit *e, const struct trap *t)
{
    struct ir *ir = &e->c->ir;
    node_id first = t->where_first ? t->where : t->when,
            second = t->where_first ? t->when : t->where;

    if (ir_is_const(ir, first)) {
        node_id other = first;
        first = second;
        second = other;
    }
    if (never(ir, first) || never(ir, second))
        return;
    if (ir_is_const(ir, first)) {
        e->v->exact_all = true;
        return;
    }
    enum level level = ir_at(ir, first)->level, other = ir_at(ir, second)->level;
    bool member = level == LEVEL_MEMBER;
    if (level == other && !t->where_first) {
        /* Both masks are bytes that are there anyway or cost next to nothing. */
        first = ir_and(ir, first, second);
        second = ir_truth(ir, true);
    }
    second = member ? ir_spread(ir, second) : second;
    if (!member && other == LEVEL_MEMBER)
        second = ir_any(ir, second);
    uint32_t dom = domain_of_mask(e, first, member ? DENSE_MEMBERS : DENSE_SUBJECTS);
    uint32_t a = operand(e, second, EL_U8, dom);
    uint32_t rows = domain_at(e, member ? domain_of_owners(e, dom) : dom)->rows;
    call_new(e, kernel_mark, dom, VALUE_FLAGS, a, rows, 0);
}

/* ---- temporaries ---------------------------------------------------------------------------- */

/* Memory that was read for the last time and can be written again. */
struct free_room {
    size_t bytes, offset;
};

static void place_values(struct emit *e)
{
    struct variant *v = e->v;
    VEC(struct free_room) room = {0};

    v->offset = NEW_N(e->c->a, size_t, e->values.n);
    for (size_t i = 0; i < e->values.n; i++)
        v->offset[i] = SIZE_MAX;
    for (size_t i = 0; i < e->calls.n; i++) {
        const struct call *call = &e->calls.at[i];
        const uint32_t used[] = {call->d, call->a, call->b, call->c};
        for (size_t k = 0; k < 4; k++)
            e->values.at[used[k]].last = i;
    }
    for (size_t i = 0; i < e->calls.n; i++) {
        const struct call *call = &e->calls.at[i];
        const uint32_t used[] = {call->a, call->b, call->c, call->d};
        struct value *d = &e->values.at[call->d];
        if (d->bytes && v->offset[call->d] == SIZE_MAX) {
            size_t k = room.n;
            while (k > 0 && room.at[k - 1].bytes != d->bytes)
                k--;
            if (k > 0) {
                v->offset[call->d] = room.at[k - 1].offset;
                memmove(&room.at[k - 1], &room.at[k], (room.n - k) * sizeof *room.at);
                room.n--;
            } else {
                v->offset[call->d] = v->memory;
                v->memory += (d->bytes + 63) & ~(size_t)63;
            }
        }
        for (size_t k = 0; k < 4; k++) {
            struct value *u = &e->values.at[used[k]];
            if (u->bytes && u->last == i)
                *VEC_PUSH(e->c->a, &room) = (struct free_room){u->bytes, v->offset[used[k]]};
            u->last = u->last == i ? SIZE_MAX : u->last; /* freed once */
        }
    }
}

struct variant *compile_emit(struct compile *c)
{
    struct emit e = {.c = c, .v = NEW(c->a, struct variant)};

    for (size_t i = 0; i < VALUE_FREE; i++)
        value_new(&e, 0);
    domain_new(&e, (struct domain){.level = LEVEL_SUBJECT});
    domain_new(&e, (struct domain){.level = LEVEL_MEMBER});
    for (size_t i = 0; i < c->bind->n_policies; i++) {
        c->policy = c->bind->policies[i];
        if (c->shape->wanted[i] & WANT_OUTCOME)
            emit_outcome(&e, i);
        if (c->shape->wanted[i] & WANT_REASONS)
            emit_reasons(&e, i);
    }
    for (size_t i = 0; i < c->bind->n_policies; i++) {
        c->policy = c->bind->policies[i];
        if (c->shape->wanted[i] & WANT_SUBJECT_FEN)
            emit_pays(&e, i, WANT_SUBJECT_FEN);
        if (c->shape->wanted[i] & WANT_MEMBER_FEN)
            emit_pays(&e, i, WANT_MEMBER_FEN);
    }
    for (size_t i = 0; i < c->traps.n; i++)
        emit_trap(&e, &c->traps.at[i]);
    place_values(&e);
    e.v->calls = e.calls.at;
    e.v->n_calls = e.calls.n;
    e.v->n_domains = e.domains.n;
    e.v->n_values = e.values.n;
    e.v->leaves = e.leaves.at;
    e.v->n_leaves = e.leaves.n;
    e.v->outs = e.outs.at;
    e.v->n_outs = e.outs.n;
    return e.v;
}
