package solotrial.internal

import com.google.protobuf.MessageLite
import io.grpc.CallOptions
import io.grpc.ConnectivityState
import io.grpc.ManagedChannel
import io.grpc.Metadata
import io.grpc.MethodDescriptor
import io.grpc.Status
import io.grpc.StatusException
import io.grpc.StatusRuntimeException
import io.grpc.TlsChannelCredentials
import io.grpc.kotlin.ClientCalls
import io.grpc.okhttp.OkHttpChannelBuilder
import io.grpc.protobuf.lite.ProtoLiteUtils
import java.util.concurrent.TimeUnit
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.emitAll

/** A method of the API; `repeatable`: a repetition does what one call does. */
internal class Method<Request : MessageLite, Answer : MessageLite>(
    name: String, request: Request, answer: Answer, val repeatable: Boolean, streams: Boolean,
) {
    val bareName: String = name.substringAfterLast('/')
    val descriptor: MethodDescriptor<Request, Answer> = MethodDescriptor.newBuilder<Request, Answer>()
        .setFullMethodName(name)
        .setType(if (streams) MethodDescriptor.MethodType.SERVER_STREAMING else MethodDescriptor.MethodType.UNARY)
        .setRequestMarshaller(ProtoLiteUtils.marshaller(request))
        .setResponseMarshaller(ProtoLiteUtils.marshaller(answer))
        .build()
}

/** Sends requests to one engine; thread-safe. `pause` waits before a repetition. */
internal class Transport(
    private val engine: String,
    token: String,
    pinned: PinnedCertificate?,
    private val pause: suspend (Duration) -> Unit,
) {
    private val authorization: String? = if (token.isEmpty()) null else "Bearer $token"
    private val channel: ManagedChannel

    init {
        checkToken(token)
        channel = channelTo(engine, pinned)
    }

    /** The answer, or a SolotrialError. */
    suspend fun <Request : MessageLite, Answer : MessageLite> unary(
        method: Method<Request, Answer>, request: Request, timeout: Duration?,
    ): Answer {
        val pauses = if (method.repeatable) PAUSES.iterator() else emptyList<Duration>().iterator()
        while (true) {
            try {
                connectAtOnce()
                return ClientCalls.unaryRpc(
                    channel, method.descriptor, request, options(method, timeout), headers(),
                )
            } catch (error: StatusException) {
                val failure = failure(error.status, error.trailers, engine)
                if (!pauses.hasNext() || !mayRepeat(failure)) throw failure
            }
            pause(pauses.next())
        }
    }

    /** The answers as they come; leaving the flow cancels the call. Never repeated. */
    fun <Request : MessageLite, Answer : MessageLite> stream(
        method: Method<Request, Answer>, request: Request, timeout: Duration?,
    ): Flow<Answer> = flow {
        connectAtOnce()
        emitAll(
            ClientCalls.serverStreamingRpc(
                channel, method.descriptor, request, options(method, timeout), headers(),
            ).catch { error ->
                if (error !is StatusException) throw error
                throw failure(error.status, error.trailers, engine)
            },
        )
    }

    /** Ends every call. */
    fun close() {
        channel.shutdownNow()
    }

    /**
     * After a failed connection gRPC fails every call until it has connected, and waits for minutes
     * before it tries. Whoever calls wants to know how things are now.
     */
    private fun connectAtOnce() {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) channel.enterIdle()
    }

    private fun headers() = Metadata().apply { authorization?.let { put(AUTHORIZATION, it) } }

    private fun options(method: Method<*, *>, timeout: Duration?): CallOptions {
        val most = deadline(method.bareName, timeout) ?: return CallOptions.DEFAULT
        return CallOptions.DEFAULT.withDeadlineAfter(most.inWholeMilliseconds, TimeUnit.MILLISECONDS)
    }

    private companion object {
        val AUTHORIZATION: Metadata.Key<String> =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER)
        val PAUSES = listOf(100.milliseconds, 300.milliseconds, 700.milliseconds)

        // An export of years with notes is larger than gRPC's default of 4 MiB.
        const val MAX_ANSWER_BYTES = 64 shl 20

        fun channelTo(engine: String, pinned: PinnedCertificate?): ManagedChannel {
            val (host, port) = addressOf(engine)
            val builder = if (pinned != null) {
                val credentials = TlsChannelCredentials.newBuilder().trustManager(pinned).build()
                OkHttpChannelBuilder.forAddress(host, port, credentials)
                    .overrideAuthority(OWN_CERTIFICATE_HOST)
            } else {
                OkHttpChannelBuilder.forAddress(host, port).apply {
                    if (isLoopback(host)) usePlaintext() else useTransportSecurity()
                }
            }
            return builder
                .maxInboundMessageSize(MAX_ANSWER_BYTES)
                // The token is for this engine: never through a proxy that the environment names.
                .proxyDetector { null }
                .build()
        }
    }
}
