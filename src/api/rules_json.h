/* The rules as the pages show them, in words and as text; inside api/ only. */
#ifndef HUIMIN_API_RULES_JSON_H
#define HUIMIN_API_RULES_JSON_H

#include "api/api.h"

/* "key": what the words say in both languages; null without an expression. */
void rules_condition(struct call *c, const char *key, const struct expr *e);
void rules_formula(struct call *c, const char *key, const struct expr *e);
/* name and label. */
void rules_named(struct json *j, str name, const struct label *l);
/* "basis": always there, empty when there is none. */
void rules_basis(struct json *j, const struct basis *b);

/* Members of an object about a policy: definitions, alternatives, carries. */
void rules_policy_json(struct call *c, const struct policy *p);
/* "parameters": their values over time, of this city's place and those above and within it; those that hold in
 * the month are marked. */
void rules_parameters_json(struct call *c, const struct policy *p, month m);
/* "examples": each determined now. */
MUST_CHECK enum rc rules_examples_json(struct call *c, struct policy *p, struct err *err);
/* A service as an object: steps, limits, papers, notices. */
void rules_service_json(struct call *c, const struct service *s);
/* "file" and "source" of a declaration, as it stands in the store. */
void rules_source_json(struct call *c, str kind, str name);

#endif
