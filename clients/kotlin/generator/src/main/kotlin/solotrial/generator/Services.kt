package solotrial.generator

import com.google.protobuf.DescriptorProtos.FieldDescriptorProto
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type
import com.google.protobuf.DescriptorProtos.FileDescriptorProto
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto

// A repetition of these does what one call does, or the ids of what they hold see to it.
private val READS =
    Regex("(Get|List|Analyze|Predict|Preview|Export|Render|Screen|Draft|Verify|RecordEntries).*")

/** The file with one class for every service. */
fun servicesSource(api: Api): String = buildString {
    append("// Every method of the API, as the comments in proto/ say it. Generated: do not edit.\n")
    append("package solotrial.services\n\n")
    append("import com.google.protobuf.ByteString\n")
    append("import kotlin.time.Duration\n")
    append("import kotlinx.coroutines.flow.Flow\n")
    append("import solotrial.internal.Method\n")
    append("import solotrial.internal.Transport\n")
    append("import solotrial.internal.newRequestId\n")
    append("import $PACKAGE.*\n")
    for (file in api.files) {
        file.serviceList.forEachIndexed { index, service ->
            append("\n/**\n").append(wrapped(api.commentOfService(file, index), "")).append(" */\n")
            append("public class ${service.name} internal constructor(private val transport: Transport) {\n")
            service.methodList.forEachIndexed { number, method ->
                append(methodSource(api, file, index, number, method))
            }
            append("    private companion object {\n")
            for (method in service.methodList) append(descriptorSource(api, service.name, method))
            append("    }\n}\n")
        }
    }
}

private fun methodSource(
    api: Api, file: FileDescriptorProto, service: Int, number: Int, method: MethodDescriptorProto,
): String {
    val request = api.message(method.inputType)
    val type = typeName(method.inputType)
    val answer = typeName(method.outputType)
    val name = method.name.replaceFirstChar(Char::lowercaseChar)
    val result = when {
        method.serverStreaming -> "Flow<$answer>"
        answer == EMPTY -> "Unit"
        else -> answer
    }
    val function = if (method.serverStreaming) "public fun" else "public suspend fun"
    val call = if (method.serverStreaming) "stream" else "unary"
    val discard = if (answer == EMPTY) ".let {}" else ""
    val sent = if (request.hasRequestId) {
        "if (request.requestId.isEmpty()) request.toBuilder().setRequestId(newRequestId()).build() else request"
    } else {
        "request"
    }
    val comment = wrapped(api.commentOfMethod(file, service, number), "    ")
    return buildString {
        append("    /**\n").append(comment).append("     *\n")
        request.proto.fieldList.forEachIndexed { index, field ->
            append(wrapped(request.commentOfField(index), "    ", "@param ${field.javaName}"))
        }
        append("     * @param timeout at most so long; absent: as usual\n     */\n")
        append("    $function $name(\n")
        for (field in request.proto.fieldList) append("        ${field.javaName}: ${field.parameter},\n")
        append("        timeout: Duration? = null,\n    ): $result {\n")
        append("        val request = $type.newBuilder()\n")
        for (field in request.proto.fieldList) append("        ${field.setter}\n")
        append("        return $name(request.build(), timeout)\n    }\n\n")
        append("    /**\n").append(comment).append("     */\n")
        append("    $function $name(request: $type, timeout: Duration? = null): $result =\n")
        append("        transport.$call(${method.constant}, $sent, timeout)$discard\n\n")
    }
}

private fun descriptorSource(api: Api, service: String, method: MethodDescriptorProto): String {
    val repeatable = READS.matches(method.name) || api.message(method.inputType).hasRequestId
    return "        val ${method.constant} = Method(\n" +
        "            \"$PACKAGE.$service/${method.name}\", ${typeName(method.inputType)}.getDefaultInstance(),\n" +
        "            ${typeName(method.outputType)}.getDefaultInstance(), " +
        "repeatable = $repeatable, streams = ${method.serverStreaming},\n        )\n"
}

private const val EMPTY = "com.google.protobuf.Empty"

private fun typeName(type: String): String = type.removePrefix(".").removePrefix("$PACKAGE.").let {
    if (it.startsWith("google.")) "com.$it" else it
}

private val Api.Message.hasRequestId get() = proto.fieldList.any { it.name == "request_id" }

private val MethodDescriptorProto.constant
    get() = name.replace(Regex("(?<=[a-z0-9])(?=[A-Z])"), "_").uppercase()

/** As protoc names it for Java: a letter after a digit is a capital, too. */
private val FieldDescriptorProto.javaName: String
    get() = Regex("(_|(?<=\\d))([a-z])").replace(name) { it.groupValues[2].uppercase() }.replace("_", "")

private val FieldDescriptorProto.isRepeated get() = label == FieldDescriptorProto.Label.LABEL_REPEATED

private val FieldDescriptorProto.mayBeAbsent
    get() = proto3Optional || type == Type.TYPE_MESSAGE || type == Type.TYPE_ENUM

/** Type and default of the parameter that stands for a request's field. */
private val FieldDescriptorProto.parameter: String
    get() {
        val (kind, default) = when (type) {
            Type.TYPE_STRING -> "String" to "\"\""
            Type.TYPE_BYTES -> "ByteString" to "ByteString.EMPTY"
            Type.TYPE_DOUBLE -> "Double" to "0.0"
            Type.TYPE_BOOL -> "Boolean" to "false"
            Type.TYPE_INT32, Type.TYPE_UINT32 -> "Int" to "0"
            Type.TYPE_INT64 -> "Long" to "0L"
            Type.TYPE_MESSAGE, Type.TYPE_ENUM -> typeName(typeName) to "null"
            else -> error("$name: the generator does not know $type")
        }
        return when {
            isRepeated -> "Iterable<$kind> = emptyList()"
            mayBeAbsent -> "$kind? = null"
            else -> "$kind = $default"
        }
    }

private val FieldDescriptorProto.setter: String
    get() {
        val method = javaName.capitalized()
        return when {
            isRepeated -> "request.addAll$method($javaName)"
            mayBeAbsent -> "if ($javaName != null) request.set$method($javaName)"
            else -> "request.set$method($javaName)"
        }
    }
