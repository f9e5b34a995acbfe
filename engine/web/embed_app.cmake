# cmake -DAPP=DIRECTORY -DOUTPUT=FILE.cc -P embed_app.cmake
# Writes the files of the app into a source file; an empty APP: none.
set(entries "")
if(APP)
  file(GLOB_RECURSE files RELATIVE "${APP}" "${APP}/*")
  list(SORT files)
  foreach(file IN LISTS files)
    file(READ "${APP}/${file}" hex HEX)
    string(LENGTH "${hex}" length)
    math(EXPR size "${length} / 2")
    # As one string literal: compilers take those far quicker than lists of numbers.
    string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${hex}")
    string(REGEX REPLACE "(................................................................................)" "\\1\"\n     \"" bytes "${bytes}")
    string(APPEND entries "      {\"${file}\", {\"${bytes}\", ${size}}},\n")
  endforeach()
endif()
file(WRITE "${OUTPUT}.new" "#include \"engine/web/embedded_app.h\"

namespace solotrial::web {

std::map<std::string, std::string> EmbeddedApp() {
  return {
${entries}  };
}

}  // namespace solotrial::web
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
file(REMOVE "${OUTPUT}.new")
