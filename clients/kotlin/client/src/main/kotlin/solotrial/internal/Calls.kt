package solotrial.internal

import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import solotrial.EngineError
import solotrial.SolotrialError
import solotrial.Unreachable

private val USUAL = 30.seconds

// What is simulated takes minutes; a watch is ended by whoever reads it.
private val LONG = mapOf(
    "Analyze" to 2.minutes,
    "AnalyzeRecord" to 2.minutes,
    "ExportArchive" to 2.minutes,
    "ExportFhir" to 2.minutes,
    "GetSummary" to 2.minutes,
    "ImportArchive" to 2.minutes,
    "PlanTrial" to 15.minutes,
    "PredictDecision" to 15.minutes,
    "RenderSummary" to 2.minutes,
    "WatchAnalysis" to null,
)

/** How long a call of the method of that bare name may take; null: for ever. */
internal fun deadline(method: String, timeout: Duration?): Duration? =
    timeout ?: if (method in LONG) LONG[method] else USUAL

/** Whether the same call is worth another try at once. */
internal fun mayRepeat(error: SolotrialError): Boolean = when (error) {
    is EngineError -> error.reason == "BUSY"
    else -> error is Unreachable
}

/** HOST:PORT taken apart; IllegalArgumentException unless `engine` is that and nothing else. */
internal fun addressOf(engine: String): Pair<String, Int> {
    val host = engine.substringBeforeLast(':', "")
    val port = engine.substringAfterLast(':').takeIf { it.length in 1..5 && it.all { c -> c in '0'..'9' } }
    val inner = if (host.startsWith('[') && host.endsWith(']')) host.substring(1, host.length - 1) else host
    val bare = inner.filterNot { it in ".-:" }
    require(port != null && port.toInt() <= 65535 && bare.isNotEmpty() && bare.all { it.isAsciiWord() }) {
        "\"$engine\" is no engine address: write HOST:PORT, for example 127.0.0.1:7311"
    }
    return inner to port.toInt()
}

private fun Char.isAsciiWord() = this in 'a'..'z' || this in 'A'..'Z' || this in '0'..'9'

private val LOOPBACK = Regex("localhost|::1|127(\\.\\d{1,3}){3}")

/** Whether the host is this machine: anywhere else the token never travels in the clear. */
internal fun isLoopback(host: String): Boolean = LOOPBACK.matches(host)

/** IllegalArgumentException unless `token` can travel in a header. */
internal fun checkToken(token: String) {
    require(token.all { it in '!'..'~' }) {
        "the token has characters that no token has: is it the right file?"
    }
}
