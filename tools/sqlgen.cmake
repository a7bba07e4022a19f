# The modules' .sql files, checked and made into C: huimin_sql. All of them at once, since a
# statement of one module may read a table of another. Those below come first.
file(GLOB sqlgen_sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tools/sqlgen/*.c)
add_library(huimin_sqlgen STATIC ${sqlgen_sources})
target_include_directories(huimin_sqlgen PUBLIC ${PROJECT_SOURCE_DIR}/tools)
target_link_libraries(huimin_sqlgen PUBLIC huimin_base)
add_executable(sqlgen ${PROJECT_SOURCE_DIR}/tools/sqlgen_main.c)
target_link_libraries(sqlgen PRIVATE huimin_sqlgen)
set_target_properties(sqlgen PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/gen)

set(sqlgen_out ${CMAKE_BINARY_DIR}/gen/sql)
set(sqlgen_made ${sqlgen_out}/catalogue.c)
set(sqlgen_files)
file(GLOB sqlgen_found CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/*/*.sql)
foreach(module store vault people guard work verify pay place api)
  set(of_module ${sqlgen_found})
  list(FILTER of_module INCLUDE REGEX "/src/${module}/[^/]*\\.sql$")
  list(APPEND sqlgen_files ${of_module})
  if(of_module)
    list(APPEND sqlgen_made ${sqlgen_out}/${module}/${module}_sql.c
      ${sqlgen_out}/${module}/${module}_sql.h)
  endif()
endforeach()
list(LENGTH sqlgen_found found)
list(LENGTH sqlgen_files listed)
if(NOT found EQUAL listed)
  message(FATAL_ERROR "a .sql file in a module that tools/sqlgen.cmake does not list")
endif()

file(MAKE_DIRECTORY ${sqlgen_out})
add_custom_command(OUTPUT ${sqlgen_made}
  COMMAND sqlgen ${sqlgen_out} ${PROJECT_SOURCE_DIR}/tools/sqlgen.tables ${sqlgen_files}
  DEPENDS sqlgen ${PROJECT_SOURCE_DIR}/tools/sqlgen.tables ${sqlgen_files}
  COMMENT "SQL of the modules" VERBATIM)
add_library(huimin_sql STATIC ${sqlgen_made})
target_include_directories(huimin_sql PUBLIC ${sqlgen_out} ${PROJECT_SOURCE_DIR}/src)
