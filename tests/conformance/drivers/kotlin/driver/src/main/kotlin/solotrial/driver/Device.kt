package solotrial.driver

import com.google.gson.JsonArray
import com.google.gson.JsonObject
import com.google.gson.JsonParser
import com.google.protobuf.MessageLite
import java.nio.file.Paths
import java.time.Instant
import java.time.LocalDate
import java.time.OffsetDateTime
import java.util.Base64
import kotlin.coroutines.Continuation
import kotlin.coroutines.intrinsics.suspendCoroutineUninterceptedOrReturn
import kotlin.time.Duration
import solotrial.Client
import solotrial.Outbox
import solotrial.dayOf
import solotrial.jvm.sqliteStore
import solotrial.json.Messages
import solotrial.sync
import solotrial.v1.Entry

/** One device. */
internal class Device(private val messages: Messages) {
    private lateinit var client: Client
    private var outbox: Outbox? = null
    private var now = Instant.now()

    suspend fun answer(op: String, request: JsonObject): JsonObject {
        val trial = request.text("trial")
        return when (op) {
            "connect" -> connect(request)
            "check_version" -> JsonObject().also { client.checkVersion() }
            "call" -> call(request.text("method"), request.getAsJsonObject("request"))
            "follow" -> JsonObject().also { box().follow(client.trials.getTrial(name = trial)) }
            "record" -> record(trial, request)
            "sync" -> synchronise(trial, request.text("locale"))
            "pending" -> JsonObject().of("entries", list(box().pending(trial)))
            "current" -> JsonObject().of("entries", list(box().current(trial)))
            "refused" -> refused(trial)
            "discard" -> JsonObject().also { box().discard(request.text("id")) }
            "day" -> day(request)
            "clock", "set_clock" -> JsonObject().also { now = instant(request.text("instant")) }
            "pair" -> pair(request.text("link"))
            "decode" -> decode(request.text("type"), Base64.getDecoder().decode(request.text("bytes")))
            else -> error("unknown op $op")
        }
    }

    private fun box() = checkNotNull(outbox)

    private fun connect(request: JsonObject): JsonObject {
        now = instant(request.text("clock"))
        if (::client.isInitialized) client.close()
        client = Client(request.text("engine"), request.text("token"), pause = {})
        if (outbox == null) {
            outbox = Outbox(sqliteStore(Paths.get(request.text("store"))), request.text("device"), { now })
        }
        return JsonObject()
    }

    /** Any method of any service, by the names that an app uses. */
    private suspend fun call(method: String, request: JsonObject): JsonObject {
        val (service, name) = method.split('/')
        val property = "get" + when (service) {
            "AnalysisService" -> "Analyses"
            "PlanService" -> "Plans"
            "ReportService" -> "Reports"
            "TrialService" -> "Trials"
            else -> service.removeSuffix("Service")
        }
        val target = client.javaClass.getMethod(property).invoke(client)
        val type = Class.forName("solotrial.v1.${name}Request")
        val parse = type.getMethod("parseFrom", ByteArray::class.java)
        val message = parse.invoke(null, messages.toBytes("${name}Request", request.toString()))
        // Names of functions with a parameter of an inline class (Duration) end in a hash.
        val function = target.javaClass.methods.single {
            it.name.startsWith(name.replaceFirstChar(Char::lowercase) + "-") &&
                it.parameterTypes.contentEquals(arrayOf(type, Duration::class.javaObjectType, Continuation::class.java))
        }
        val answer = suspendCoroutineUninterceptedOrReturn<Any?> { continuation ->
            try {
                function.invoke(target, message, null, continuation)
            } catch (error: java.lang.reflect.InvocationTargetException) {
                throw error.targetException
            }
        }
        return if (answer is MessageLite) json(answer) else JsonObject()
    }

    private suspend fun record(trial: String, request: JsonObject): JsonObject {
        val content = Entry.parseFrom(messages.toBytes("Entry", request.getAsJsonObject("entry").toString()))
        val date = request.text("date").ifEmpty { null }?.let { LocalDate.parse(it) }
        return JsonObject().of("entry", json(box().record(trial, content, date, content.supersedes)))
    }

    private suspend fun synchronise(trial: String, locale: String): JsonObject {
        val report = sync(client, box(), trial, locale)
        return JsonObject().apply {
            addProperty("sent", report.sent)
            addProperty("received", report.received)
            add("notices", JsonArray().apply { report.notices.forEach { add(it) } })
        }
    }

    private suspend fun refused(trial: String): JsonObject {
        val rows = JsonArray()
        for (refused in box().refused(trial)) {
            rows.add(
                JsonObject().apply {
                    addProperty("id", refused.entry.id)
                    addProperty("reason", refused.reason)
                    addProperty("field", refused.fieldPath)
                    addProperty("retryable", refused.retryable)
                },
            )
        }
        return JsonObject().of("refused", rows)
    }

    private fun day(request: JsonObject): JsonObject {
        val start = request.text("day_starts_at").ifEmpty { "04:00" }
        val date = dayOf(instant(request.text("instant")), request.text("time_zone"), start)
        return JsonObject().apply { addProperty("date", date.toString()) }
    }

    private suspend fun pair(link: String): JsonObject {
        val joined = solotrial.join(link, device = "conformance")
        client.close()
        client = joined.client
        return JsonObject().apply {
            addProperty("token", joined.access.token)
            addProperty("device", joined.access.device)
        }
    }

    private fun decode(type: String, bytes: ByteArray): JsonObject {
        val parse = Class.forName("solotrial.v1.$type").getMethod("parseFrom", ByteArray::class.java)
        val message = parse.invoke(null, bytes) as MessageLite
        return JsonObject().apply {
            addProperty("type", type)
            add("message", json(message))
            addProperty("bytes", Base64.getEncoder().encodeToString(message.toByteArray()))
        }
    }

    private fun list(entries: List<Entry>) = JsonArray().apply { entries.forEach { add(json(it)) } }

    private fun json(message: MessageLite): JsonObject =
        JsonParser.parseString(messages.toJson(message.javaClass.simpleName, message.toByteArray())).asJsonObject
}

private fun instant(text: String): Instant = OffsetDateTime.parse(text).toInstant()
