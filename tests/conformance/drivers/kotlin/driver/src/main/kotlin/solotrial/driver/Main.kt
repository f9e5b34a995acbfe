/* Drives the Kotlin client. See ../../../../../../../../README.md. Argument: the API's descriptors. */
package solotrial.driver

import com.google.gson.JsonArray
import com.google.gson.JsonElement
import com.google.gson.JsonObject
import com.google.gson.JsonParser
import java.io.File
import kotlinx.coroutines.runBlocking
import solotrial.EngineError
import solotrial.NotSupported
import solotrial.SolotrialError
import solotrial.TimedOut
import solotrial.Unreachable
import solotrial.VersionMismatch
import solotrial.WrongCertificate
import solotrial.json.Messages

fun main(arguments: Array<String>) {
    val messages = File(arguments.single()).inputStream().use(::Messages)
    val device = Device(messages)
    val answers = System.out
    for (line in generateSequence(::readLine)) {
        val request = JsonParser.parseString(line).asJsonObject
        val answer = JsonObject()
        try {
            answer.add("ok", runBlocking { device.answer(request.text("op"), request) })
        } catch (error: SolotrialError) {
            answer.add("error", described(error))
        }
        answers.println(answer)
        answers.flush()
    }
}

/** What a client's program can tell about a failure without reading its text. */
private fun described(error: SolotrialError) = JsonObject().apply {
    when (error) {
        is EngineError -> {
            checkType(error)
            addProperty("kind", "engine")
            addProperty("reason", error.reason)
            addProperty("code", error.code)
            addProperty("retryable", error.retryable)
            add("fields", JsonArray().apply { error.violations.forEach { add(it.field) } })
        }
        is Unreachable, is TimedOut -> addProperty("kind", "unreachable")
        is NotSupported -> addProperty("kind", "unsupported-by-engine")
        is VersionMismatch -> addProperty("kind", "version")
        is WrongCertificate -> addProperty("kind", "wrong-certificate")
        else -> throw error
    }
}

/** The exception is that of its reason: TrialNotFound of TRIAL_NOT_FOUND. */
private fun checkType(error: EngineError) {
    val name = error.reason.split('_').joinToString("") { it.lowercase().replaceFirstChar(Char::uppercase) }
    val wanted = try {
        Class.forName("solotrial.reasons.$name")
    } catch (_: ClassNotFoundException) {
        EngineError::class.java
    }
    check(error.javaClass == wanted) { "the exception is not that of its reason" }
}

internal fun JsonObject.text(name: String): String = get(name)?.asString.orEmpty()

internal fun JsonObject.of(name: String, value: JsonElement): JsonObject = apply { add(name, value) }
