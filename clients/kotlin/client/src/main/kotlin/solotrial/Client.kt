package solotrial

import java.io.Closeable
import java.time.Instant
import kotlin.time.Duration
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import solotrial.internal.PinnedCertificate
import solotrial.internal.Transport
import solotrial.internal.pinOf
import solotrial.services.AccessService
import solotrial.services.AnalysisService
import solotrial.services.CatalogService
import solotrial.services.DataService
import solotrial.services.DiaryService
import solotrial.services.PlanService
import solotrial.services.ReportService
import solotrial.services.ServerService
import solotrial.services.TrialService
import solotrial.v1.Entry
import solotrial.v1.ServerInfo
import solotrial.v1.Trial

/**
 * All services of one engine. Thread-safe; nothing is sent before the first call.
 *
 * Every method of the API is there under its own name: `client.trials.getTrial(name = ...)`. All
 * throw a [SolotrialError].
 *
 * @property engine HOST:PORT
 */
public class Client internal constructor(
    public val engine: String,
    token: String,
    pinned: PinnedCertificate?,
    pause: suspend (Duration) -> Unit,
) : Closeable {
    /**
     * @param engine HOST:PORT
     * @param token the credential
     * @param certificate PEM of the certificate that the engine must have; empty: one that this
     *   machine trusts, and none for an engine on this machine
     * @param pause waits before a call is repeated
     */
    public constructor(
        engine: String,
        token: String = "",
        certificate: String = "",
        pause: suspend (Duration) -> Unit = { delay(it) },
    ) : this(engine, token, if (certificate.isEmpty()) null else PinnedCertificate(pinOf(certificate)), pause)

    private val transport = Transport(engine, token, pinned, pause)

    /** Devices, codes, links, the audit log. */
    public val access: AccessService = AccessService(transport)

    /** Does the person respond? */
    public val analyses: AnalysisService = AnalysisService(transport)

    /** What can be tried, for what, and what is dangerous. */
    public val catalog: CatalogService = CatalogService(transport)

    /** Take everything along, bring it in, delete it. */
    public val data: DataService = DataService(transport)

    /** Entries; see [Outbox] for what must not be lost. */
    public val diary: DiaryService = DiaryService(transport)

    /** Designs that can answer. */
    public val plans: PlanService = PlanService(transport)

    /** The page for the doctor, tables, FHIR, the calendar. */
    public val reports: ReportService = ReportService(transport)

    /** What this engine is. */
    public val server: ServerService = ServerService(transport)

    /** Setting up, living and ending trials. */
    public val trials: TrialService = TrialService(transport)

    /** What the engine is; [VersionMismatch] when it speaks another API. */
    public suspend fun checkVersion(): ServerInfo = server.getServerInfo().also(::checkVersion)

    /** The time to date entries by: the machine's, or that of an engine set by hand. */
    public suspend fun now(): Instant {
        val info = server.getServerInfo()
        if (!info.manualClock) return Instant.now()
        return Instant.ofEpochSecond(info.serverTime.seconds, info.serverTime.nanos.toLong())
    }

    /** Every trial of the caller, newest first, page by page. */
    public fun allTrials(): Flow<Trial> = flow {
        var token = ""
        do {
            val page = trials.listTrials(pageToken = token)
            page.trialsList.forEach { emit(it) }
            token = page.nextPageToken
        } while (token.isNotEmpty())
    }

    /** Every entry of a trial that counts, by date, page by page. */
    public fun allEntries(trial: String): Flow<Entry> = flow {
        var token = ""
        do {
            val page = diary.listEntries(trial = trial, pageToken = token)
            page.entriesList.forEach { emit(it) }
            token = page.nextPageToken
        } while (token.isNotEmpty())
    }

    /** Ends every call. */
    override fun close(): Unit = transport.close()
}
