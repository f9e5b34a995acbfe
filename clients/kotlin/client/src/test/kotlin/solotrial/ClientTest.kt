package solotrial

import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.minutes
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.runBlocking
import java.net.ServerSocket
import kotlin.random.Random
import solotrial.internal.deadline
import solotrial.internal.isLoopback
import solotrial.internal.newEntryId
import solotrial.v1.ServerInfo

class ClientTest {
    @Test
    fun `what is no address is said at once`() {
        for (engine in listOf("", "localhost", "unix:/run/x", "dns:///x:1", "a:b", "a:123456", "a:99999", ":1")) {
            assertFailsWith<IllegalArgumentException>(engine) { Client(engine) }
        }
        for (engine in listOf("localhost:1", "[::1]:1", "trial.example:7311")) Client(engine).close()
    }

    @Test
    fun `what is no token or certificate is said at once`() {
        for (token in listOf("two words", "ümlaut", "line\nbreak")) {
            assertFailsWith<IllegalArgumentException> { Client("127.0.0.1:1", token) }
        }
        assertFailsWith<IllegalArgumentException> { Client("127.0.0.1:1", "", "not a certificate") }
    }

    @Test
    fun `only this machine goes without TLS`() {
        for (host in listOf("127.0.0.1", "127.9.9.9", "localhost", "::1")) assertTrue(isLoopback(host), host)
        for (host in listOf("192.168.1.2", "127.evil.example", "localhost.example")) assertFalse(isLoopback(host), host)
    }

    @Test
    fun `no engine is unreachable after all pauses, and what has no id is not repeated`() = runBlocking {
        val port = ServerSocket(0).use { it.localPort }
        val paused = mutableListOf<Duration>()
        Client("127.0.0.1:$port", pause = { paused += it }).use { client ->
            val error = assertFailsWith<Unreachable> { client.trials.listTrials() }
            assertTrue("127.0.0.1:$port" in error.message.orEmpty())
            assertEquals(listOf(100.milliseconds, 300.milliseconds, 700.milliseconds), paused)
            paused.clear()
            assertFailsWith<Unreachable> { client.access.createPairingCode() }
        }
        assertEquals(emptyList(), paused)
    }

    @Test
    fun `another API is refused with what to do`() {
        checkVersion(ServerInfo.newBuilder().setApiVersion("v1").setApiLevel(99).build())
        for ((version, what) in listOf("v2" to "app is too old", "v10" to "app is too old", "" to "is it an engine")) {
            val error = assertFailsWith<VersionMismatch> {
                checkVersion(ServerInfo.newBuilder().setApiVersion(version).build())
            }
            assertTrue(what in error.message.orEmpty(), error.message)
        }
        assertFailsWith<VersionMismatch> {
            checkVersion(ServerInfo.newBuilder().setApiVersion("v1").setOldestClientLevel(API_LEVEL + 1).build())
        }
    }

    @Test
    fun `calls end in time, watches never`() {
        assertEquals(30.seconds, deadline("GetTrial", null))
        assertEquals(15.minutes, deadline("PlanTrial", null))
        assertEquals(null, deadline("WatchAnalysis", null))
        assertEquals(1.seconds, deadline("WatchAnalysis", 1.seconds))
    }

    @Test
    fun `pauses grow to the longest`() {
        val pauses = Backoff(first = 1.seconds, longest = 3.seconds, attempts = 5).pauses(Random(1)).toList()
        assertEquals(4, pauses.size)
        pauses.zip(listOf(1, 2, 3, 3)).forEach { (pause, most) -> assertTrue(pause in most.seconds / 2..most.seconds) }
    }

    @Test
    fun `a link is taken apart or said to be none`() {
        val link = parseLink(" solotrial:pair?engine=10.0.0.1:7311&code=K7Q29XMV4T8P&pin=AB ")
        assertEquals(listOf("pair", "10.0.0.1:7311", "K7Q29XMV4T8P", "ab"), with(link) { listOf(what, engine, code, pin) })
        for (text in listOf("https://x", "solotrial:pair?engine=10.0.0.1:7311", "solotrial:pair?code=x", "")) {
            assertFailsWith<IllegalArgumentException>(text) { parseLink(text) }
        }
        runBlocking {
            val shared = "solotrial:share?engine=10.0.0.1:7311&token=x"
            assertFailsWith<IllegalArgumentException> { join(shared, device = "x") }
        }
        assertFalse("secret" in Settings("127.0.0.1:1", "secret", "secret").toString())
    }

    @Test
    fun `ids of entries are version 7 UUIDs of their time`() {
        val id = newEntryId(0x0123456789abL)
        assertTrue(Regex("01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}").matches(id), id)
    }
}
