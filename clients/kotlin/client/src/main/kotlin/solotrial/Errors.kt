package solotrial

/**
 * Everything that this library throws about an engine: match on the types, never on a message's
 * text. `solotrial.reasons` has one subclass of [EngineError] for every reason that the engine gives.
 */
public abstract class SolotrialError internal constructor(message: String, cause: Throwable? = null) :
    Exception(message, cause)

/** No engine answers at the address: nothing is known of what became of the call. */
public class Unreachable internal constructor(message: String) : SolotrialError(message)

/** The engine did not answer in time: nothing is known of what became of the call. */
public class TimedOut internal constructor(message: String) : SolotrialError(message)

/** What answers has not the certificate of the pairing code: nothing was sent. */
public class WrongCertificate internal constructor(message: String) : SolotrialError(message)

/** The engine and this library do not speak the same API: the message says which is too old. */
public class VersionMismatch internal constructor(message: String) : SolotrialError(message)

/** The engine does not know this call: it is older than this library. */
public class NotSupported internal constructor(message: String) : SolotrialError(message)

/**
 * One field that is wrong.
 *
 * @property field path from the request's root, for example `protocol.measures[0].maximum`
 * @property description what is wrong, and what would be right
 */
public data class Violation(public val field: String, public val description: String)

/**
 * The engine refused the call and said why. Of a reason that this library does not know (a newer
 * engine's) it is an EngineError itself.
 */
public open class EngineError internal constructor(said: Said) : SolotrialError(said.text()) {
    /** Stable name, for example `TRIAL_NOT_FOUND`; empty when something between gave none. */
    public val reason: String = said.reason

    /** Name of the gRPC code, for example `NOT_FOUND`. */
    public val code: String = said.code

    /** Whether the same call can succeed later. */
    public val retryable: Boolean = said.retryable

    /** Every field that is wrong, as far as the engine lists them. */
    public val violations: List<Violation> = said.violations

    /** What an engine says with a failure. */
    internal class Said(
        val message: String,
        val reason: String,
        val code: String,
        val retryable: Boolean,
        val violations: List<Violation>,
    ) {
        fun text(): String {
            val name = reason.ifEmpty { code }
            if (violations.size < 2) return "$name: $message"
            // The message lists as many of them as fit.
            return "$name: ${violations.size} faults:" +
                violations.joinToString("") { "\n  ${it.field}: ${it.description}" }
        }
    }
}
