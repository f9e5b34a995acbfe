package solotrial

import kotlin.random.Random
import kotlin.time.Duration
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.delay
import solotrial.reasons.EpochChanged

// A restore while this runs makes everything be sent once more; an engine that changes its epoch
// at every answer is broken.
private const val MOST_ROUNDS = 5

/**
 * What one synchronisation did.
 *
 * @property sent entries that the engine has stored, also when it had them before
 * @property received entries that were read
 * @property refused everything that the engine has not taken; see [Outbox.refused]
 * @property notices what the person has to be told, in the language that was asked for
 */
public class Report internal constructor(
    public val sent: Int,
    public val received: Int,
    public val refused: List<Refused>,
    public val notices: List<String>,
)

/** Pauses between attempts: each `factor` times longer, up to `longest`, spread by chance. */
public class Backoff(
    private val first: Duration = 1.seconds,
    private val factor: Double = 2.0,
    private val longest: Duration = 5.minutes,
    private val attempts: Int = 8,
) {
    /** The pause after each attempt but the last; spread so that devices do not come at once. */
    internal fun pauses(chance: Random): Sequence<Duration> =
        generateSequence(first) { minOf(it * factor, longest) }
            .take(attempts - 1)
            .map { it * chance.nextDouble(0.5, 1.0) }
}

/** Whether the same synchronisation can succeed later without anybody doing anything. */
public fun worthWaiting(error: SolotrialError): Boolean =
    error is Unreachable || error is TimedOut || (error is EngineError && error.retryable)

/**
 * Sends and reads until both sides have the same; throws what stopped it. Nothing is lost: an
 * interrupted synchronisation is simply begun again, and nothing that was sent twice counts twice.
 *
 * @param locale language of the notices: `de` is German, anything else English
 */
public suspend fun sync(client: Client, outbox: Outbox, trial: String, locale: String = ""): Report {
    var sent = 0
    var received = 0
    repeat(MOST_ROUNDS) {
        // What is refused for now is tried once a round.
        val tried = mutableSetOf<String>()
        while (true) {
            val batch = outbox.nextBatch(trial, tried, locale) ?: break
            batch.entriesList.mapTo(tried) { it.id }
            val answer = client.diary.recordEntries(batch)
            outbox.applyResults(trial, answer)
            sent += answer.resultsList.count { it.accepted }
        }
        try {
            do {
                val answer = client.diary.listChanges(outbox.nextRead(trial))
                outbox.applyChanges(trial, answer)
                received += answer.entriesCount
            } while (answer.more)
        } catch (_: EpochChanged) {
            outbox.epochChanged(trial)
            return@repeat
        }
        if (outbox.nextBatch(trial, tried) == null) return done(client, outbox, trial, sent, received)
    }
    return done(client, outbox, trial, sent, received)
}

/** Synchronises, and tries again after a pause where waiting can help. */
public suspend fun syncUntilDone(
    client: Client,
    outbox: Outbox,
    trial: String,
    locale: String = "",
    backoff: Backoff = Backoff(),
    pause: suspend (Duration) -> Unit = { delay(it) },
    chance: Random = Random.Default,
): Report {
    for (wait in backoff.pauses(chance)) {
        try {
            return sync(client, outbox, trial, locale)
        } catch (error: SolotrialError) {
            if (!worthWaiting(error)) throw error
        }
        pause(wait)
    }
    return sync(client, outbox, trial, locale)
}

/** Keeps the trial as it is now (its days may have moved) and says what was done. */
private suspend fun done(client: Client, outbox: Outbox, trial: String, sent: Int, received: Int): Report {
    outbox.follow(client.trials.getTrial(name = trial))
    return Report(sent, received, outbox.refused(trial), outbox.takeNotices(trial))
}
