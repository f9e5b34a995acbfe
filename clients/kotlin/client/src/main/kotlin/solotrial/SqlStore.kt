package solotrial

import java.io.Closeable

/**
 * What [SqlStore] needs of a SQLite database: `org.xerial:sqlite-jdbc` on the JVM (module
 * `solotrial-jvm`), `android.database.sqlite` on Android.
 */
public interface Sql : Closeable {
    /**
     * Runs `block` in a transaction that excludes writers (BEGIN IMMEDIATE) and is durable when
     * this returns (`synchronous=FULL`), one thread at a time; rolls back when it throws.
     */
    public fun <T> transaction(block: () -> T): T

    /** Runs a statement; values are String, Long, ByteArray or null. */
    public fun execute(statement: String, vararg values: Any?)

    /** The rows of a query by String values; columns are String, Long, ByteArray or null. */
    public fun query(query: String, vararg values: String): List<List<Any?>>
}

/**
 * Keeps an outbox in a SQLite database: the tables of the Python client's outbox, so that either
 * reads the other's file.
 */
public class SqlStore(private val sql: Sql) : OutboxStore {
    init {
        sql.transaction {
            when (sql.query("PRAGMA user_version").single().single()) {
                0L -> {
                    SCHEMA.forEach { sql.execute(it) }
                    sql.execute("PRAGMA user_version=$FORMAT")
                }
                FORMAT -> {}
                else -> throw IllegalStateException("the outbox was written by a newer app: update this one")
            }
        }
    }

    override fun <T> transaction(block: (StoreTransaction) -> T): T = sql.transaction { block(Within(sql)) }

    override fun close(): Unit = sql.close()

    // No upsert: the SQLite of old Android versions has none.
    private class Within(private val sql: Sql) : StoreTransaction {
        override fun entry(id: String) = sql.query("$SELECT WHERE id = ?", id).map(::read).singleOrNull()

        override fun entries(trial: String, state: EntryState?, date: String?): List<StoredEntry> {
            val conditions = listOfNotNull("trial" to trial, state?.let { "state" to it.stored }, date?.let { "date" to it })
            val where = conditions.joinToString(" AND ") { "${it.first} = ?" }
            val values = conditions.map { it.second }.toTypedArray()
            return sql.query("$SELECT WHERE $where ORDER BY position", *values).map(::read)
        }

        override fun refused(trial: String) =
            sql.query("$SELECT WHERE trial = ? AND rejection IS NOT NULL ORDER BY position", trial).map(::read)

        override fun put(entry: StoredEntry) = with(entry) {
            if (entry(id) == null) {
                sql.execute(
                    "INSERT INTO entry (trial, date, body, state, epoch, rejection, id) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    trial, date, body, state.stored, epoch, rejection, id,
                )
            } else {
                sql.execute(
                    "UPDATE entry SET trial = ?, date = ?, body = ?, state = ?, epoch = ?, rejection = ? WHERE id = ?",
                    trial, date, body, state.stored, epoch, rejection, id,
                )
            }
        }

        override fun remove(id: String) = sql.execute("DELETE FROM entry WHERE id = ?", id)

        override fun sendAgain(trial: String, unlessOfEpoch: String) = sql.execute(
            "UPDATE entry SET state = 'pending' WHERE trial = ? AND state = 'stored' AND epoch <> ?",
            trial, unlessOfEpoch,
        )

        override fun trial(name: String) =
            sql.query("SELECT name, body, epoch, sequence FROM trial WHERE name = ?", name).singleOrNull()?.let {
                StoredTrial(it[0] as String, it[1] as ByteArray?, it[2] as String, it[3] as Long)
            }

        override fun put(trial: StoredTrial) = with(trial) {
            sql.execute("DELETE FROM trial WHERE name = ?", name)
            sql.execute(
                "INSERT INTO trial (name, body, epoch, sequence) VALUES (?, ?, ?, ?)", name, body, epoch, sequence,
            )
        }

        override fun trials() =
            sql.query("SELECT name FROM trial UNION SELECT trial FROM entry ORDER BY 1").map { it.single() as String }

        override fun addNotice(trial: String, text: String) =
            sql.execute("INSERT INTO notice (trial, text) VALUES (?, ?)", trial, text)

        override fun takeNotices(trial: String): List<String> {
            val notices = sql.query("SELECT text FROM notice WHERE trial = ? ORDER BY position", trial)
            sql.execute("DELETE FROM notice WHERE trial = ?", trial)
            return notices.map { it.single() as String }
        }

        override fun forget(trial: String) {
            sql.execute("DELETE FROM entry WHERE trial = ?", trial)
            sql.execute("DELETE FROM trial WHERE name = ?", trial)
            sql.execute("DELETE FROM notice WHERE trial = ?", trial)
        }
    }

    private companion object {
        const val FORMAT = 1L
        const val SELECT = "SELECT id, trial, date, body, state, epoch, rejection FROM entry"
        val SCHEMA = listOf(
            """CREATE TABLE entry (
              position INTEGER PRIMARY KEY AUTOINCREMENT,
              id TEXT NOT NULL UNIQUE,
              trial TEXT NOT NULL,
              date TEXT NOT NULL,
              body BLOB NOT NULL,
              state TEXT NOT NULL CHECK (state IN ('pending', 'stored', 'rejected')),
              epoch TEXT NOT NULL DEFAULT '',
              rejection BLOB
            )""",
            "CREATE INDEX entry_state ON entry (trial, state, position)",
            "CREATE INDEX entry_date ON entry (trial, date, position)",
            """CREATE TABLE trial (
              name TEXT PRIMARY KEY,
              body BLOB,
              epoch TEXT NOT NULL DEFAULT '',
              sequence INTEGER NOT NULL DEFAULT 0
            )""",
            """CREATE TABLE notice (
              position INTEGER PRIMARY KEY AUTOINCREMENT,
              trial TEXT NOT NULL,
              text TEXT NOT NULL
            )""",
        )

        val EntryState.stored get() = name.lowercase()

        fun read(row: List<Any?>) = StoredEntry(
            id = row[0] as String,
            trial = row[1] as String,
            date = row[2] as String,
            body = row[3] as ByteArray,
            state = EntryState.valueOf((row[4] as String).uppercase()),
            epoch = row[5] as String,
            rejection = row[6] as ByteArray?,
        )
    }
}
