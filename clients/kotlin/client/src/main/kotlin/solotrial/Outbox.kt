package solotrial

import com.google.protobuf.Timestamp
import java.io.Closeable
import java.time.Instant
import java.time.LocalDate
import java.time.ZoneId
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import solotrial.internal.hasOwnKey
import solotrial.internal.keyOf
import solotrial.internal.newEntryId
import solotrial.v1.Cursor
import solotrial.v1.Entry
import solotrial.v1.EntryRejection
import solotrial.v1.ListChangesRequest
import solotrial.v1.ListChangesResponse
import solotrial.v1.RecordEntriesRequest
import solotrial.v1.RecordEntriesResponse
import solotrial.v1.Trial

private const val MAX_ENTRIES = 500

// Engines take requests of up to 4 MiB.
private const val MAX_BATCH_BYTES = 1 shl 20

/**
 * An entry that the engine did not take, and why.
 *
 * @property reason an ErrorReason without its prefix, for example `VALUE_OUT_OF_RANGE`
 * @property fieldPath the field at fault, from the entry's root
 * @property message what is wrong, and what would be right
 * @property retryable it waits and is sent again; otherwise it is kept until it is discarded
 */
public class Refused internal constructor(
    public val trial: String,
    public val entry: Entry,
    public val reason: String,
    public val fieldPath: String,
    public val message: String,
    public val retryable: Boolean,
) {
    /** Without the entry: what a person wrote stays out of logs. */
    override fun toString(): String = "Refused(trial=$trial, id=${entry.id}, reason=$reason, field=$fieldPath)"
}

/**
 * A diary that is kept on this device and sent when there is an engine: entries of one person.
 *
 * What [record] was given is in the store before it returns, and stays there for the life of the
 * trial: after a restore of the engine it is sent again. Nothing here talks to an engine: see [sync].
 * May be called from any thread, the main one included: the store is used on [Dispatchers.IO].
 *
 * @param device what the person calls this device
 * @param clock says what time it is; with `client::now` entries follow the clock of a rehearsal
 */
public class Outbox(
    private val store: OutboxStore,
    private val device: String = "",
    private val clock: suspend () -> Instant = { Instant.now() },
) : Closeable {
    // --- what the person does --------------------------------------------------------------------

    /** Keeps `trial` in step from now on, and knows its days; again after every change of it. */
    public suspend fun follow(trial: Trial): Unit = inStore {
        val known = it.trial(trial.name)
        it.put(StoredTrial(trial.name, trial.toByteArray(), known?.epoch.orEmpty(), known?.sequence ?: 0))
    }

    /**
     * Keeps an entry and returns it as it will be sent.
     *
     * A correction of what counts on this device supersedes it by itself.
     *
     * @param content comes from [Entries]
     * @param on the day that it is about; absent: today by the day rule of a trial that is followed
     * @param supersedes names another entry to be corrected
     */
    public suspend fun record(
        trial: String, content: Entry, on: LocalDate? = null, supersedes: String = "",
    ): Entry {
        val now = clock()
        val date = on?.toString() ?: content.date.ifEmpty { today(trial, now).toString() }
        val entry = content.toBuilder()
            .setId(newEntryId(now.toEpochMilli()))
            .setDate(date)
            .setClientTime(Timestamp.newBuilder().setSeconds(now.epochSecond).setNanos(now.nano))
            .setUtcOffsetMinutes(ZoneId.systemDefault().rules.getOffset(now).totalSeconds / 60)
            .setDevice(device)
        if (supersedes.isNotEmpty()) entry.setSupersedes(supersedes)
        return inStore {
            if (entry.supersedes.isEmpty()) entry.setSupersedes(headOf(it, trial, entry.build()))
            entry.build().also { made -> insert(it, trial, made, EntryState.PENDING, "") }
        }
    }

    /** The day of a trial that is followed, by this outbox's clock. */
    public suspend fun today(trial: String): LocalDate = today(trial, clock())

    /** A trial that is followed, as it was last seen. */
    public suspend fun trial(name: String): Trial {
        val body = inStore { it.trial(name)?.body }
        return Trial.parseFrom(
            body ?: throw NoSuchElementException("$name is not followed: call follow() with it, or say the day"),
        )
    }

    /** The trials that are followed or have entries here. */
    public suspend fun trials(): List<String> = inStore { it.trials() }

    /** The entries that count as far as this device knows; refused ones do not. */
    public suspend fun current(trial: String): List<Entry> = Entries.current(inStore { said(it, trial) })

    /** What the engine is not known to have. */
    public suspend fun pending(trial: String): List<Entry> =
        inStore { it.entries(trial, EntryState.PENDING) }.map(::entryOf)

    /** What the engine did not take. Correct it by a new entry, then [discard] it. */
    public suspend fun refused(trial: String): List<Refused> = inStore { it.refused(trial) }.map {
        val why = EntryRejection.parseFrom(it.rejection)
        Refused(trial, entryOf(it), why.reason, why.field, why.message, why.retryable)
    }

    /** Forgets an entry that was refused; NoSuchElementException for any other. */
    public suspend fun discard(id: String): Unit = inStore {
        it.entry(id)?.rejection
            ?: throw NoSuchElementException("$id was not refused: take it back by Entries.retraction")
        it.remove(id)
    }

    /** Removes everything of a trial from this device, sent or not. */
    public suspend fun forget(trial: String): Unit = inStore { it.forget(trial) }

    /** Closes the store. */
    override fun close(): Unit = store.close()

    // --- the two halves of synchronisation (sync calls them) -----------------------------------------

    /** What to send next, without the ids in `skip`; null when there is nothing. */
    internal suspend fun nextBatch(trial: String, skip: Set<String>, locale: String = ""): RecordEntriesRequest? {
        val request = RecordEntriesRequest.newBuilder().setTrial(trial).setLocale(locale)
        var size = 0
        for (entry in pending(trial)) {
            if (entry.id in skip) continue
            size += entry.serializedSize + 8
            val full = request.entriesCount == MAX_ENTRIES || size > MAX_BATCH_BYTES
            if (full && request.entriesCount > 0) break
            request.addEntries(entry)
        }
        return if (request.entriesCount > 0) request.build() else null
    }

    /** Keeps what became of every entry of a batch, and what the person has to be told. */
    internal suspend fun applyResults(trial: String, answer: RecordEntriesResponse): Unit = inStore {
        for (notice in answer.noticesList) it.addNotice(trial, notice.text)
        for (result in answer.resultsList) {
            val known = it.entry(result.entryId)?.takeIf { row -> row.trial == trial } ?: continue
            if (result.accepted) {
                it.put(known.with(EntryState.STORED, answer.cursor.epoch))
            } else if (known.state != EntryState.STORED) {
                // A repetition may find stored what an earlier answer rejected; never the other way
                // round.
                val state = if (result.rejection.retryable) EntryState.PENDING else EntryState.REJECTED
                it.put(known.with(state, rejection = result.rejection.toByteArray()))
            }
        }
    }

    /** What to ask for next. */
    internal suspend fun nextRead(trial: String): ListChangesRequest {
        val known = inStore { it.trial(trial) }
        val request = ListChangesRequest.newBuilder().setTrial(trial)
        if (known != null && known.epoch.isNotEmpty()) {
            request.setCursor(Cursor.newBuilder().setEpoch(known.epoch).setSequence(known.sequence))
        }
        return request.build()
    }

    /** Keeps what was read, with the cursor that follows it. */
    internal suspend fun applyChanges(trial: String, answer: ListChangesResponse): Unit = inStore {
        val epoch = answer.cursor.epoch
        for (entry in answer.entriesList) {
            // As any device would send it again: without what the engine adds.
            val sent = entry.toBuilder().clearSequence().clearRecordTime().build()
            insert(it, trial, sent, EntryState.STORED, epoch)
        }
        it.put(StoredTrial(trial, it.trial(trial)?.body, epoch, answer.cursor.sequence))
        // What is stored in an epoch that is over may have been lost with it.
        it.sendAgain(trial, unlessOfEpoch = epoch)
    }

    /** The engine was restored: read from the start and send everything again. */
    internal suspend fun epochChanged(trial: String): Unit = inStore {
        it.trial(trial)?.let { known -> it.put(StoredTrial(trial, known.body)) }
        it.sendAgain(trial, unlessOfEpoch = "")
    }

    /** What the person has to be told; each is given out once. */
    internal suspend fun takeNotices(trial: String): List<String> = inStore { it.takeNotices(trial) }

    // --- inside ---------------------------------------------------------------------------------

    private suspend fun <T> inStore(block: (StoreTransaction) -> T): T =
        withContext(Dispatchers.IO) { store.transaction(block) }

    private suspend fun today(trial: String, now: Instant): LocalDate = today(trial(trial), now)

    private fun insert(within: StoreTransaction, trial: String, entry: Entry, state: EntryState, epoch: String) {
        val body = entry.toByteArray()
        val known = within.entry(entry.id)
        // An id that was used for something else stays refused here.
        if (known?.state == EntryState.REJECTED && !known.body.contentEquals(body)) return
        within.put(known?.with(state, epoch) ?: StoredEntry(entry.id, trial, entry.date, body, state, epoch))
    }

    private fun said(within: StoreTransaction, trial: String, date: String? = null): List<Entry> =
        within.entries(trial, date = date).filter { it.state != EntryState.REJECTED }.map(::entryOf)

    /**
     * The last word on the same key, if any: what a new one corrects. Also when it was taken back:
     * otherwise the new one would depend on clocks to count.
     */
    private fun headOf(within: StoreTransaction, trial: String, entry: Entry): String {
        if (entry.hasOwnKey) return ""
        val key = keyOf(entry)
        return Entries.heads(said(within, trial, key.date.ifEmpty { null }))[key]?.id.orEmpty()
    }

    private fun entryOf(stored: StoredEntry): Entry = Entry.parseFrom(stored.body)
}
