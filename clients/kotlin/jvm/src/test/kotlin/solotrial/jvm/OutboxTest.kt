package solotrial.jvm

import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.sql.DriverManager
import java.time.Instant
import java.time.LocalDate
import kotlin.concurrent.thread
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import solotrial.Entries
import solotrial.EntryState
import solotrial.MemoryStore
import solotrial.Outbox
import solotrial.OutboxStore
import solotrial.StoredEntry
import solotrial.StoredTrial
import solotrial.v1.Protocol
import solotrial.v1.Trial

private const val TRIAL = "trials/1"
private val DAY = LocalDate.of(2026, 3, 1)

class OutboxTest {
    @TempDir
    lateinit var folder: Path
    private var now: Instant = Instant.parse("2026-03-01T11:00:00Z")

    private fun store(kind: String): OutboxStore =
        if (kind == "memory") MemoryStore() else sqliteStore(folder.resolve("diary.sqlite"))

    private fun outbox(kind: String) = Outbox(store(kind), device = "a laptop", clock = { now })

    @ParameterizedTest
    @ValueSource(strings = ["memory", "sqlite"])
    fun `an entry is kept as it will be sent`(kind: String) = runBlocking {
        outbox(kind).use { outbox ->
            val made = outbox.record(TRIAL, Entries.score("legs", 4), DAY)
            assertEquals(listOf(made), outbox.pending(TRIAL))
            assertEquals(listOf(made), outbox.current(TRIAL))
            assertEquals("2026-03-01", made.date)
            assertEquals("a laptop", made.device)
            assertEquals(now.epochSecond, made.clientTime.seconds)
            assertEquals(listOf(TRIAL), outbox.trials())
        }
    }

    @ParameterizedTest
    @ValueSource(strings = ["memory", "sqlite"])
    fun `a second score corrects the first, also one that was taken back`(kind: String) = runBlocking {
        outbox(kind).use { outbox ->
            val first = outbox.record(TRIAL, Entries.score("legs", 4), DAY)
            val second = outbox.record(TRIAL, Entries.score("legs", 5), DAY)
            assertEquals(first.id, second.supersedes)
            outbox.record(TRIAL, Entries.retraction(second))
            assertEquals(emptyList(), outbox.current(TRIAL))
            now = now.minusSeconds(600)
            val third = outbox.record(TRIAL, Entries.score("legs", 6), DAY)
            assertEquals(second.id, third.supersedes)
            assertEquals(listOf(third), outbox.current(TRIAL))
            assertEquals("", outbox.record(TRIAL, Entries.note("x"), DAY).supersedes)
        }
    }

    @ParameterizedTest
    @ValueSource(strings = ["memory", "sqlite"])
    fun `today is that of a trial that is followed`(kind: String) = runBlocking<Unit> {
        outbox(kind).use { outbox ->
            assertFailsWith<NoSuchElementException> { outbox.record(TRIAL, Entries.dose()) }
            assertEquals(emptyList(), outbox.pending(TRIAL))
            val protocol = Protocol.newBuilder().setTimeZone("Europe/Berlin")
            outbox.follow(Trial.newBuilder().setName(TRIAL).setProtocol(protocol).build())
            now = Instant.parse("2026-03-01T23:30:00Z")
            assertEquals("2026-03-01", outbox.record(TRIAL, Entries.dose()).date)
            assertEquals(DAY, outbox.today(TRIAL))
            assertFailsWith<NoSuchElementException> { outbox.discard(outbox.pending(TRIAL).single().id) }
            outbox.forget(TRIAL)
            assertEquals(emptyList(), outbox.trials())
        }
    }

    /** What Outbox relies on, of any store. */
    @ParameterizedTest
    @ValueSource(strings = ["memory", "sqlite"])
    fun `a store keeps, finds and forgets`(kind: String) {
        store(kind).use { store ->
            fun entry(id: String, state: EntryState, epoch: String = "", rejection: ByteArray? = null) =
                StoredEntry(id, TRIAL, "2026-03-0$id", byteArrayOf(1), state, epoch, rejection)
            store.transaction {
                it.put(entry("2", EntryState.PENDING))
                it.put(entry("1", EntryState.STORED, "old"))
                it.put(entry("3", EntryState.STORED, "new"))
                it.put(entry("2", EntryState.PENDING, rejection = byteArrayOf(2)))
                it.put(StoredTrial(TRIAL, null, "new", Long.MAX_VALUE))
                it.addNotice(TRIAL, "one")
                it.addNotice("trials/2", "other")
                it.addNotice(TRIAL, "two")
            }
            store.transaction {
                assertEquals(listOf("2", "1", "3"), it.entries(TRIAL).map { e -> e.id })
                assertEquals(listOf("1"), it.entries(TRIAL, EntryState.STORED, "2026-03-01").map { e -> e.id })
                assertEquals(listOf("2"), it.refused(TRIAL).map { e -> e.id })
                assertEquals(Long.MAX_VALUE, it.trial(TRIAL)?.sequence)
                it.sendAgain(TRIAL, unlessOfEpoch = "new")
                assertEquals(listOf("2", "1"), it.entries(TRIAL, EntryState.PENDING).map { e -> e.id })
                assertEquals(listOf("one", "two"), it.takeNotices(TRIAL))
                assertEquals(emptyList(), it.takeNotices(TRIAL))
            }
            assertFailsWith<IllegalStateException> {
                store.transaction {
                    it.forget(TRIAL)
                    error("in between")
                }
            }
            assertEquals(3, store.transaction { it.entries(TRIAL).size })
            store.transaction { it.forget(TRIAL) }
            assertEquals(listOf("other"), store.transaction { it.takeNotices("trials/2") })
            assertEquals(emptyList(), store.transaction { it.trials() })
        }
    }

    @Test
    fun `a file is there after the end of the program, for this user only`() = runBlocking {
        val made = outbox("sqlite").use { it.record(TRIAL, Entries.score("legs", 4), DAY) }
        outbox("sqlite").use { assertEquals(listOf(made), it.pending(TRIAL)) }
        val permissions = Files.getPosixFilePermissions(folder.resolve("diary.sqlite"))
        assertEquals("rw-------", PosixFilePermissions.toString(permissions))
    }

    @Test
    fun `threads and outboxes share a file`() {
        val boxes = List(2) { outbox("sqlite") }
        val threads = List(4) { number ->
            thread { runBlocking { repeat(10) { boxes[number % 2].record(TRIAL, Entries.note("$number $it"), DAY) } } }
        }
        threads.forEach { it.join() }
        assertEquals(40, runBlocking { boxes[0].pending(TRIAL).size })
        boxes.forEach { it.close() }
    }

    @Test
    fun `the file of a newer app is left alone`() {
        DriverManager.getConnection("jdbc:sqlite:${folder.resolve("diary.sqlite")}").use {
            it.createStatement().use { statement -> statement.execute("PRAGMA user_version = 2") }
        }
        assertFailsWith<IllegalStateException> { outbox("sqlite") }
    }
}
