/*
 * Facts of a form: JSON as the pages send them ({person, field, value}; money in fen, codes and days as
 * text, null for unknown), as a preview takes them and as the store keeps them. Until survey or check
 * is done they only wait with the case; then they go into the household's record.
 */
#ifndef HUIMIN_WORK_CASE_FACTS_H
#define HUIMIN_WORK_CASE_FACTS_H

#include "people/preview.h"
#include "work/case.h"

/* The register's field of that name: the household's, or a person's. NULL: none is stored so. */
const struct field *case_field(const struct rules *r, str name, bool of_person);
/* RC_BAD_INPUT: it is no value for the field; the text says what was found and expected. */
MUST_CHECK enum rc case_fact_value(const struct field *f, const json_t *v, struct value *out,
                                   struct err *err);
/* As a column holds it. */
MUST_CHECK enum rc case_fact_column(const struct field *f, const json_t *v,
                                    struct preview_fact *out, struct err *err);
/* What waits with the case and is in no record, to be put over what is stored. */
MUST_CHECK enum rc case_facts_waiting(const struct case_whole *k, struct arena *a,
                                      struct preview_fact **out, size_t *n, struct err *err);
/*
 * Put one subject's values from a day on into its fact table, leaving its other fields and later days
 * as they are. `values` by place in t->fields; VALUE_NULL with given[i] false: not touched.
 */
MUST_CHECK enum rc facts_merge(struct change *c, const struct fact_table *t, int64_t id, day from,
                               const struct value *values, const bool *given, struct arena *a,
                               struct err *err);

#endif
