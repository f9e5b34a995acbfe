package solotrial.generator

import com.google.protobuf.DescriptorProtos.DescriptorProto
import com.google.protobuf.DescriptorProtos.EnumDescriptorProto
import com.google.protobuf.DescriptorProtos.FileDescriptorProto
import com.google.protobuf.DescriptorProtos.FileDescriptorSet
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto

const val PACKAGE = "solotrial.v1"

/** The API's files, with the comment of every element. */
class Api(files: FileDescriptorSet) {
    val files: List<FileDescriptorProto> = files.fileList.filter { it.`package` == PACKAGE }

    private val comments = this.files.associateWith { file ->
        file.sourceCodeInfo.locationList.associate { it.pathList to it.leadingComments.flat() }
    }
    private val messages = this.files.flatMap { file ->
        file.messageTypeList.mapIndexed { index, message -> ".$PACKAGE.${message.name}" to Message(file, index, message) }
    }.toMap()

    fun message(type: String): Message = messages.getValue(type)

    /** The comment of what stands at `path`: see SourceCodeInfo. */
    fun comment(file: FileDescriptorProto, vararg path: Int): String =
        comments.getValue(file)[path.toList()].orEmpty()

    inner class Message(private val file: FileDescriptorProto, private val index: Int, val proto: DescriptorProto) {
        fun commentOfField(field: Int): String =
            comment(file, FileDescriptorProto.MESSAGE_TYPE_FIELD_NUMBER, index, DescriptorProto.FIELD_FIELD_NUMBER, field)
    }

    fun commentOfService(file: FileDescriptorProto, service: Int): String =
        comment(file, FileDescriptorProto.SERVICE_FIELD_NUMBER, service)

    fun commentOfMethod(file: FileDescriptorProto, service: Int, method: Int): String =
        comment(
            file, FileDescriptorProto.SERVICE_FIELD_NUMBER, service,
            ServiceDescriptorProto.METHOD_FIELD_NUMBER, method,
        )

    fun commentOfValue(file: FileDescriptorProto, enum: Int, value: Int): String =
        comment(
            file, FileDescriptorProto.ENUM_TYPE_FIELD_NUMBER, enum, EnumDescriptorProto.VALUE_FIELD_NUMBER, value,
        )
}

fun String.capitalized(): String = replaceFirstChar(Char::uppercaseChar)

/** On one line, and nothing in it ends or begins a comment. */
private fun String.flat(): String =
    trim().replace(Regex("\\s+"), " ").replace("*/", "*&#47;").replace("/*", "/&#42;")

/** `text` as lines of a KDoc comment, after `first`. */
fun wrapped(text: String, indent: String, first: String = ""): String {
    val lines = mutableListOf(StringBuilder(first))
    for (word in text.split(' ')) {
        if (lines.last().isNotEmpty() && indent.length + 3 + lines.last().length + 1 + word.length > 100) {
            lines += StringBuilder()
        }
        if (lines.last().isNotEmpty()) lines.last().append(' ')
        lines.last().append(word)
    }
    return lines.joinToString("") { "$indent * $it\n" }
}
