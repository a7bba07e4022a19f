#!/bin/bash
# Each check of tools/tidy fires on what it forbids, and a clean tree passes.
set -eu
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{src/base,src/lang,src/eval,src/odd,tools,docs}
cp "$HUIMIN_SRC/.clang-format" "$root/"
cd "$root"

# says WHAT...: tidy fails, and one of its lines has each text.
says() {
    local said text
    if said=$(bash "$HUIMIN_SRC/tools/tidy" "$root"); then
        echo "tidy found nothing; expected: $*"
        exit 1
    fi
    for text in "$@"; do
        if [[ $said != *"$text"* ]]; then
            printf 'expected: %s\nfound:\n%s\n' "$text" "$said"
            exit 1
        fi
    done
}

says 'src:1: no source was found'

cat >src/lang/clean.h <<'END'
/* double, float, free(p) and 1.5 may be named in a comment. */
#include "base/low.h"
END
echo 'int low(void);' >src/base/low.h
cat >src/lang/clean.c <<'END'
#include "lang/clean.h"

/* The brace inside the text and the quote inside the character are no code. */
int low(void)
{
    const char *text = "double sprintf( \" { /* 2.5 \\";
    return text[0] == '"' ? 1 : '/';
}
END
bash "$HUIMIN_SRC/tools/tidy" "$root"

echo '#include "eval/high.h"' >src/lang/up.c
echo '#include "low.h"' >src/base/near.c
echo '#include "base/low.h"' >src/odd/new.c
echo '#include "base/low.h"' >src/eval/high.h
says 'src/lang/up.c:1: lang includes "eval/high.h"' \
    'src/base/near.c:1: #include "low.h": expected "module/file.h"' \
    'src/odd/new.c:1: module odd: expected a line'
rm src/lang/up.c src/base/near.c src/odd/new.c

echo 'size_t needs_stddef(void);' >src/lang/alone.h
says 'src/lang/alone.h:1: does not compile alone'
rm src/lang/alone.h

cat >src/lang/banned.c <<'END'
int f(char *a, char *b)
{
    strcpy(a, b);
    my_strcpy(a, b);
    free(a);
    free(a); /* tidy: raw memory, because the test wants it */
    return 1 + (int)(double)2 + (int)0.5;
}
END
says 'banned.c:3: strcpy()' 'banned.c:5: free()' 'banned.c:7: double'
if bash "$HUIMIN_SRC/tools/tidy" "$root" | grep -qE 'banned.c:(4|6):'; then
    echo 'tidy refuses what is allowed'
    exit 1
fi
rm src/lang/banned.c

printf 'int  f( void );\n' >src/lang/layout.h
says 'src/lang/layout.h:1: layout'
rm src/lang/layout.h

{
    printf 'int long_one(void)\n{\n    int a = 0;\n'
    for _ in $(seq 70); do echo '    a++;'; done
    printf '    return a;\n}\n'
} >src/lang/long.c
says 'src/lang/long.c:2: long_one() has 74 lines'
echo 'src/lang/long.c long_one' >tools/tidy.allow
says 'a path, a function and a reason'
echo 'src/lang/long.c long_one a table of states reads best in one piece' >tools/tidy.allow
bash "$HUIMIN_SRC/tools/tidy" "$root"
for i in $(seq 1300); do echo "int g$i;"; done >>src/lang/long.c
says 'src/lang/long.c:1: 1375 lines'
rm src/lang/long.c
says 'allows nothing'
rm tools/tidy.allow

printf 'Later.\nTO''DO: the rest\nsee `/tm''p/x`\n' >docs/note.md
says 'docs/note.md:2: a note of unfinished work' 'docs/note.md:3: path of one machine'
rm docs/note.md
bash "$HUIMIN_SRC/tools/tidy" "$root"
