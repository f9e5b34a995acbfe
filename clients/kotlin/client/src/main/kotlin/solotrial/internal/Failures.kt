package solotrial.internal

import com.google.protobuf.InvalidProtocolBufferException
import io.grpc.Metadata
import io.grpc.Status
import solotrial.EngineError
import solotrial.NotSupported
import solotrial.SolotrialError
import solotrial.TimedOut
import solotrial.Unreachable
import solotrial.Violation
import solotrial.WrongCertificate
import solotrial.reasons.byReason
import solotrial.v1.BadRequest
import solotrial.v1.ErrorInfo
import solotrial.v1.RpcStatus

private val DETAILS = Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER)

/** The exception that says what a failure of a call to `engine` means. */
internal fun failure(status: Status, trailers: Metadata?, engine: String): SolotrialError {
    engineError(status, trailers)?.let { return it }
    val causes = generateSequence(status.cause) { it.cause }.take(MOST_CAUSES)
    return when {
        causes.any { it is OtherCertificateException } -> WrongCertificate(
            "What answers at $engine has not the certificate of the pairing code: nothing was sent.",
        )
        status.code == Status.Code.UNAVAILABLE ->
            Unreachable("The engine at $engine cannot be reached: ${status.description.orEmpty()}")
        status.code == Status.Code.DEADLINE_EXCEEDED ->
            TimedOut("The engine at $engine did not answer in time.")
        status.code == Status.Code.UNIMPLEMENTED ->
            NotSupported("The engine at $engine does not know this call: it is older than this library.")
        else -> EngineError(said(status, ErrorInfo.getDefaultInstance(), emptyList()))
    }
}

/** What the engine itself says; null when something between said it. */
private fun engineError(status: Status, trailers: Metadata?): EngineError? {
    val wire = trailers?.get(DETAILS) ?: return null
    var info = ErrorInfo.getDefaultInstance()
    val violations = mutableListOf<Violation>()
    try {
        for (detail in RpcStatus.parseFrom(wire).detailsList) {
            when (detail.typeUrl.substringAfterLast('/')) {
                "google.rpc.ErrorInfo" -> info = ErrorInfo.parseFrom(detail.value)
                "google.rpc.BadRequest" ->
                    BadRequest.parseFrom(detail.value).fieldViolationsList.mapTo(violations) {
                        Violation(it.field, it.description)
                    }
            }
        }
    } catch (_: InvalidProtocolBufferException) {
        return null
    }
    if (info.reason.isEmpty()) return null
    val make = byReason[info.reason] ?: ::EngineError
    return make(said(status, info, violations))
}

private fun said(status: Status, info: ErrorInfo, violations: List<Violation>) = EngineError.Said(
    message = status.description.orEmpty(),
    reason = info.reason,
    code = status.code.name,
    retryable = info.metadataMap["retry"] == "yes",
    violations = violations,
)

// A chain of causes may be a circle.
private const val MOST_CAUSES = 20
