# cmake -DOUT=FILE.c -DFILES="A.json;B.json" -P embed.cmake: the files as bytes in C, for
# src/api/openapi.c.
set(text "/* Made by tools/embed.cmake from src/api/schemas. */\n#include \"api/schemas.h\"\n\n")
set(list "")
set(n 0)
foreach(file ${FILES})
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)"
    "\\1\n" bytes "${bytes}")
  get_filename_component(name ${file} NAME)
  string(APPEND text "static const unsigned char file_${n}[] = {\n${bytes}0};\n")
  string(APPEND list "    {\"${name}\", file_${n}, sizeof file_${n} - 1},\n")
  math(EXPR n "${n} + 1")
endforeach()
string(APPEND text "\nconst struct schema_file schema_files[] = {\n${list}    {0, 0, 0},\n};\n")
file(WRITE ${OUT}.new "${text}")
file(RENAME ${OUT}.new ${OUT})
