/* Outcomes: alternatives tried from the top, and who is paid: see compile.h. */
#include "eval/compile.h"

#include <assert.h>

struct policy_code *compile_policy(struct compile *c, const struct policy *p)
{
    struct policy_code *code = &c->policies[c->bind->position[p->index]];
    struct ir *ir = &c->ir;
    const struct policy *outer = c->policy;
    uint32_t ground = c->ground;
    bool overflow = ir->overflow;
    node_id tried = ir_truth(ir, true), outcome = ir_const(ir, 0);

    if (code->done)
        return code;
    c->policy = p;
    c->ground = NO_GROUND;
    code->tried = NEW_N(c->a, node_id, p->n_alts);
    code->chosen = NEW_N(c->a, node_id, p->n_alts);
    for (size_t i = 0; i < p->n_alts; i++) {
        const struct alternative *alt = &p->alts[i];
        node_id holds = ir_truth(ir, true);
        for (size_t k = 0; k < alt->n_conds; k++)
            holds = ir_and(ir, holds, compile_mask(c, alt->conds[k].expr));
        code->tried[i] = tried;
        code->chosen[i] = ir_and(ir, tried, holds);
        tried = ir_and(ir, tried, ir_not(ir, holds));
        outcome = ir_merge(ir, outcome, ir_bit(ir, code->chosen[i], (uint8_t)alt->value));
    }
    code->outcome = outcome;
    code->done = true;
    c->policy = outer;
    c->ground = ground;
    ir->overflow = overflow;
    return code;
}

node_id compile_gets(struct compile *c, const struct policy *p, bool of_member)
{
    struct policy_code *code = compile_policy(c, p);
    struct ir *ir = &c->ir;
    node_id any = ir_truth(ir, false);

    if (p->of_member && !of_member)
        return any;
    for (size_t i = 0; i < p->n_alts; i++) {
        for (size_t k = 0; k < p->alts[i].n_pays; k++) {
            const struct pay *pay = &p->alts[i].pays[k];
            node_id who = ir_truth(ir, of_member == (pay->form != PAY_SUBJECT));
            if (of_member && pay->form == PAY_EACH)
                who = compile_members(c, pay->set);
            any = ir_or(ir, any, ir_and(ir, code->chosen[i], who));
        }
    }
    return any;
}

node_id compile_payee(struct compile *c, const struct policy *p, size_t i, const struct pay *pay)
{
    struct policy_code *code = compile_policy(c, p);

    if (pay->form != PAY_EACH)
        return code->chosen[i];
    return ir_and(&c->ir, code->chosen[i], ir_spread(&c->ir, compile_members(c, pay->set)));
}
