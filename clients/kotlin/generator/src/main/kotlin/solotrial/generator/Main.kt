/*
 * Makes the client's source from proto/, around protoc:
 *
 *     protos FROM TO               the API's files as protoc needs them for Java
 *     services DESCRIPTORS TO      a class per service, an exception per reason
 */
package solotrial.generator

import com.google.protobuf.DescriptorProtos.FileDescriptorSet
import java.io.File

fun main(arguments: Array<String>) {
    val (what, from, to) = arguments
    when (what) {
        "protos" -> copyProtos(File(from), File(to))
        "services" -> {
            val api = Api(File(from).inputStream().use(FileDescriptorSet::parseFrom))
            val folder = File(to, "solotrial")
            write(File(folder, "services/Services.kt"), servicesSource(api))
            write(File(folder, "reasons/Reasons.kt"), reasonsSource(api))
        }
        else -> error("unknown: $what")
    }
}

/**
 * protoc for Java makes one outer class per file unless the file has options that say otherwise.
 * The released files have none, and adding one counts as a break (buf's FILE_SAME_JAVA_...).
 */
private fun copyProtos(from: File, to: File) {
    val files = File(from, "solotrial/v1").listFiles { file -> file.extension == "proto" }
    check(!files.isNullOrEmpty()) { "No proto files in $from: is this a whole clone?" }
    for (file in files) {
        val outer = file.nameWithoutExtension.split('_').joinToString("") { it.capitalized() }
        val options = """option java_multiple_files = true; option java_outer_classname = "${outer}Proto";"""
        val text = file.readText().replaceFirst(Regex("(?m)^package .*;$"), "$0 $options")
        write(File(to, "solotrial/v1/${file.name}"), text)
    }
}

/** Leaves a file alone that is as it should be: what is made from it need not be made again. */
private fun write(file: File, text: String) {
    if (file.exists() && file.readText() == text) return
    file.parentFile.mkdirs()
    file.writeText(text)
}
