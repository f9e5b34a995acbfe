package solotrial

import java.io.Closeable

/**
 * Where an [Outbox] keeps what it must not lose. [SqlStore] is one over any SQLite, [MemoryStore]
 * one for the tests of an app.
 */
public interface OutboxStore : Closeable {
    /**
     * Runs `block` alone, whatever other threads and processes do. What it wrote is durable when
     * this returns, also through a loss of power; nothing of it is there when `block` throws.
     */
    public fun <T> transaction(block: (StoreTransaction) -> T): T
}

/** What an [Outbox] asks of its store within a transaction. */
public interface StoreTransaction {
    /** The entry of that id. */
    public fun entry(id: String): StoredEntry?

    /** Entries of a trial in the order in which they were first put, of a state and a date only. */
    public fun entries(trial: String, state: EntryState? = null, date: String? = null): List<StoredEntry>

    /** Entries of a trial that have a rejection, in the order in which they were first put. */
    public fun refused(trial: String): List<StoredEntry>

    /** Keeps an entry, in the place of the one of that id if there is one. */
    public fun put(entry: StoredEntry)

    /** Forgets an entry. */
    public fun remove(id: String)

    /** Every [EntryState.STORED] entry of a trial whose epoch is another becomes PENDING. */
    public fun sendAgain(trial: String, unlessOfEpoch: String)

    /** The trial of that name. */
    public fun trial(name: String): StoredTrial?

    /** Keeps a trial, in the place of the one of that name if there is one. */
    public fun put(trial: StoredTrial)

    /** The names of the trials that were put or have entries, in order. */
    public fun trials(): List<String>

    /** Keeps something that the person has to be told. */
    public fun addNotice(trial: String, text: String)

    /** The notices in the order of their coming, and forgets them. */
    public fun takeNotices(trial: String): List<String>

    /** Removes everything of a trial. */
    public fun forget(trial: String)
}

/** What is known of an entry. */
public enum class EntryState {
    /** Not known to be at the engine. */
    PENDING,

    /** Durable at the engine, in an epoch. */
    STORED,

    /** Refused for good. */
    REJECTED,
}

/**
 * An entry as a store keeps it.
 *
 * @property body the Entry as bytes
 * @property epoch the epoch in which the engine stored it; empty before
 * @property rejection the engine's EntryRejection as bytes
 */
public class StoredEntry(
    public val id: String,
    public val trial: String,
    public val date: String,
    public val body: ByteArray,
    public val state: EntryState,
    public val epoch: String = "",
    public val rejection: ByteArray? = null,
) {
    internal fun with(state: EntryState, epoch: String = this.epoch, rejection: ByteArray? = null) =
        StoredEntry(id, trial, date, body, state, epoch, rejection)
}

/**
 * A trial as a store keeps it.
 *
 * @property body the Trial as bytes, when it is followed
 * @property epoch and [sequence]: the cursor; empty and 0: nothing was read
 */
public class StoredTrial(
    public val name: String,
    public val body: ByteArray? = null,
    public val epoch: String = "",
    public val sequence: Long = 0,
)
