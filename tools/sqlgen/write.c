/* Blocks as C. */
#include "sqlgen.h"

#include <stdio.h>

static void comment(struct sbuf *out)
{
    sbuf_addz(out, "/* Made by tools/sqlgen from the module's .sql files. */\n");
}

/* Text as string literals, a line each. */
static void literal(struct sbuf *out, str text, const char *indent)
{
    sbuf_fmt(out, "%s\"", indent);
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '\n' && i + 1 < text.n)
            sbuf_fmt(out, "\\n\"\n%s\"", indent);
        else if (c == '\n')
            sbuf_addz(out, "\\n");
        else if (c == '"' || c == '\\')
            sbuf_fmt(out, "\\%c", c);
        else if (c != '\r')
            sbuf_addc(out, c == '\t' ? ' ' : c);
    }
    sbuf_addc(out, '"');
}

static bool of(const struct block *b, str module, bool is_schema)
{
    return str_eq(b->module, module) && b->is_schema == is_schema;
}

static size_t count(const struct sqlgen *g, str module, bool is_schema)
{
    size_t n = 0;

    for (size_t i = 0; i < g->blocks.n; i++)
        n += of(&g->blocks.at[i], module, is_schema);
    return n;
}

void write_header(const struct sqlgen *g, str module, struct sbuf *out)
{
    comment(out);
    sbuf_fmt(out, "#ifndef SQLGEN_%.*s_SQL_H\n#define SQLGEN_%.*s_SQL_H\n\n", STR_ARG(module),
             STR_ARG(module));
    sbuf_addz(out, "#include \"store/migrate.h\"\n\n");
    for (size_t i = 0; i < g->blocks.n; i++) {
        const struct block *b = &g->blocks.at[i];
        if (of(b, module, false))
            sbuf_fmt(out, "extern const struct statement stmt_%.*s; /* %s, %d */\n",
                     STR_ARG(b->name), b->reads ? "read" : "write",
                     params_of(g->arena, b->sql.text));
    }
    if (count(g, module, false))
        sbuf_fmt(out, "extern const struct statement *const %.*s_statements[%zu];\n",
                 STR_ARG(module), count(g, module, false));
    if (count(g, module, true))
        sbuf_fmt(out, "extern const struct schema %.*s_schema[%zu];\n", STR_ARG(module),
                 count(g, module, true));
    sbuf_fmt(out, "extern const struct module_sql %.*s_sql;\n\n#endif\n", STR_ARG(module));
}

static void write_statements(const struct sqlgen *g, str module, struct sbuf *out)
{
    for (size_t i = 0; i < g->blocks.n; i++) {
        const struct block *b = &g->blocks.at[i];
        if (!of(b, module, false))
            continue;
        sbuf_fmt(out, "const struct statement stmt_%.*s = {\n    .name = \"%.*s\",\n    .sql =\n",
                 STR_ARG(b->name), STR_ARG(b->name));
        literal(out, b->sql.text, "        ");
        sbuf_addz(out, ",\n");
        if (b->pg.text.p) {
            sbuf_addz(out, "    .pg =\n");
            literal(out, b->pg.text, "        ");
            sbuf_addz(out, ",\n");
        }
        sbuf_fmt(out, "    .reads = %s,\n    .n_params = %d,\n};\n\n", b->reads ? "true" : "false",
                 params_of(g->arena, b->sql.text));
    }
    sbuf_fmt(out, "const struct statement *const %.*s_statements[] = {\n", STR_ARG(module));
    for (size_t i = 0; i < g->blocks.n; i++) {
        if (of(&g->blocks.at[i], module, false))
            sbuf_fmt(out, "    &stmt_%.*s,\n", STR_ARG(g->blocks.at[i].name));
    }
    sbuf_addz(out, "};\n\n");
}

static void write_schemas(const struct sqlgen *g, str module, struct sbuf *out)
{
    sbuf_fmt(out, "const struct schema %.*s_schema[] = {\n", STR_ARG(module));
    for (size_t i = 0; i < g->blocks.n; i++) {
        const struct block *b = &g->blocks.at[i];
        bool spread = false;
        if (!of(b, module, true))
            continue;
        for (size_t k = 0; k < g->tables.n; k++)
            spread = spread || (str_eq(g->tables.at[k].name, b->name) && g->tables.at[k].spread.n);
        sbuf_fmt(out, "    {\n        .name = \"%.*s\",\n        .ddl =\n", STR_ARG(b->name));
        literal(out, b->sql.text, "            ");
        if (spread)
            sbuf_fmt(out, ",\n        .spread = \"%.*s\"", STR_ARG(b->spread));
        sbuf_fmt(out, ",\n        .since = %d,\n    },\n", b->since);
    }
    sbuf_addz(out, "};\n\n");
}

void write_source(const struct sqlgen *g, str module, struct sbuf *out)
{
    size_t statements = count(g, module, false), schemas = count(g, module, true);

    comment(out);
    sbuf_fmt(out, "#include \"%.*s/%.*s_sql.h\"\n\n", STR_ARG(module), STR_ARG(module));
    if (statements)
        write_statements(g, module, out);
    if (schemas)
        write_schemas(g, module, out);
    sbuf_fmt(out, "const struct module_sql %.*s_sql = {\n    .module = \"%.*s\",\n",
             STR_ARG(module), STR_ARG(module));
    if (schemas)
        sbuf_fmt(out, "    .schema = %.*s_schema,\n    .n_schema = %zu,\n", STR_ARG(module),
                 schemas);
    if (statements)
        sbuf_fmt(out, "    .statements = %.*s_statements,\n    .n_statements = %zu,\n",
                 STR_ARG(module), statements);
    sbuf_addz(out, "};\n");
}

void write_catalogue(const struct sqlgen *g, struct sbuf *out)
{
    comment(out);
    for (size_t i = 0; i < g->modules.n; i++)
        sbuf_fmt(out, "#include \"%.*s/%.*s_sql.h\"\n", STR_ARG(g->modules.at[i]),
                 STR_ARG(g->modules.at[i]));
    sbuf_addz(out, "\nconst struct module_sql *const catalogue[] = {\n");
    for (size_t i = 0; i < g->modules.n; i++)
        sbuf_fmt(out, "    &%.*s_sql,\n", STR_ARG(g->modules.at[i]));
    sbuf_fmt(out, "};\nconst size_t catalogue_n = %zu;\n", g->modules.n);
}
