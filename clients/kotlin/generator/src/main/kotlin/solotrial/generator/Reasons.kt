package solotrial.generator

/** The file with one exception for every ErrorReason. */
fun reasonsSource(api: Api): String {
    val file = api.files.first { file -> file.enumTypeList.any { it.name == "ErrorReason" } }
    val index = file.enumTypeList.indexOfFirst { it.name == "ErrorReason" }
    val classes = StringBuilder()
    val rows = StringBuilder()
    file.getEnumType(index).valueList.forEachIndexed { number, value ->
        if (value.number == 0) return@forEachIndexed
        val reason = value.name.removePrefix("ERROR_REASON_")
        val name = reason.split('_').joinToString("") { it.lowercase().capitalized() }
        classes.append("\n/**\n").append(wrapped(api.commentOfValue(file, index, number), "")).append(" */\n")
        classes.append("public class $name internal constructor(said: Said) : EngineError(said)\n")
        rows.append("    \"$reason\" to ::$name,\n")
    }
    return "// One exception for every reason of the engine. Generated: do not edit.\n" +
        "package solotrial.reasons\n\nimport solotrial.EngineError\nimport solotrial.EngineError.Said\n$classes\n" +
        "internal val byReason: Map<String, (Said) -> EngineError> = mapOf(\n$rows)\n"
}
