# The checks of tools/tidy that read C: banned functions, floating point, lengths.
# Comments, strings and character constants are blanked first. Variable: allow, the file of
# functions that may be long, "path function reason" a line, and of files that a library asks for
# floating point, "path floating reason".

BEGIN {
    name_before = "(^|[^A-Za-z0-9_])"
    banned = name_before "(strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|localtime|gmtime|gets)[ \t]*\\("
    memory = name_before "(malloc|calloc|realloc|reallocarray|aligned_alloc|strdup|strndup|free)[ \t]*\\("
    floating = name_before "(double|float)([^A-Za-z0-9_]|$)"
    decimal = name_before "[0-9]+\\.[0-9]"
    while ((getline line < allow) > 0) {
        if (line ~ /^#/ || line ~ /^[ \t]*$/)
            continue
        if (split(line, word, " ") < 3)
            say(allow, ++allow_line, "entry \"" line "\"", "a path, a function and a reason")
        allowed[word[1] " " word[2]] = 1
    }
}

function say(file, line, what, expected) {
    print file ":" line ": " what ": expected " expected
}

# The code of a line, with what is no code blanked; in_comment lives on from line to line.
function code_of(s,    out, at, c, two) {
    out = ""
    while (s != "") {
        if (in_comment) {
            at = index(s, "*/")
            if (!at)
                return out
            s = substr(s, at + 2)
            in_comment = 0
            out = out " "
            continue
        }
        at = match(s, /["'\/]/)
        if (!at)
            return out s
        out = out substr(s, 1, at - 1)
        c = substr(s, at, 1)
        two = substr(s, at, 2)
        s = substr(s, at + 1)
        if (two == "//")
            return out
        if (two == "/*") {
            in_comment = 1
            s = substr(s, 2)
        } else if (c == "/") {
            out = out c
        } else if (c == "'" && out ~ /[0-9A-Fa-f]$/) {
            out = out c
        } else {
            while (s != "" && substr(s, 1, 1) != c)
                s = substr(s, substr(s, 1, 1) == "\\" ? 3 : 2)
            s = substr(s, 2)
            out = out c c
        }
    }
    return out
}

function word_found(code, pattern,    m) {
    match(code, pattern)
    m = substr(code, RSTART, RLENGTH)
    gsub(/[^A-Za-z0-9_.]/, "", m)
    return m
}

function end_of_file() {
    if (file ~ /\.c$/ && lines > 1200)
        say(file, 1, lines " lines", "at most 1200: split it")
}

FNR == 1 {
    if (file != "")
        end_of_file()
    file = FILENAME
    in_comment = 0
    body = 0
    name = ""
    before = ""
    in_src = file ~ /^src\//
    in_base = file ~ /^src\/base\//
}

{
    lines = FNR
    code = code_of($0)
    if (in_src) {
        if (code ~ banned)
            say(file, FNR, word_found(code, banned) "()", "the bounded function of base for it")
        if (!in_base && code ~ memory && (before $0) !~ /tidy: raw memory, because [^ ]/)
            say(file, FNR, word_found(code, memory) "()", "an arena, or a comment \"tidy: raw memory, because ...\" on this line or the one before")
        if ((file " floating") in allowed && (code ~ floating || code ~ decimal))
            used[file " floating"] = 1
        else if (code ~ floating)
            say(file, FNR, word_found(code, floating), "whole numbers or rat")
        else if (code ~ decimal)
            say(file, FNR, word_found(code, decimal), "whole numbers or rat")
    }
    before = $0
}

# In this layout only a function has its opening brace alone at the left edge.
code ~ /^[A-Za-z_].*\(/ && !body {
    name = code
    sub(/[ \t]*\(.*/, "", name)
    sub(/.*[^A-Za-z0-9_]/, "", name)
}
code == "{" { body = FNR }
code ~ /^}/ && body {
    if (FNR - body + 1 > 70) {
        if ((file " " name) in allowed)
            used[file " " name] = 1
        else
            say(file, body, name "() has " (FNR - body + 1) " lines", "at most 70, or a reason in tools/tidy.allow")
    }
    body = 0
}

END {
    if (file != "")
        end_of_file()
    for (entry in allowed)
        if (!(entry in used))
            say(allow, 1, "entry \"" entry "\" allows nothing", "a function of more than 70 lines, or a file that computes in floating point")
}
