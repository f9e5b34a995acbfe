package solotrial.jvm

import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import kotlin.test.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import solotrial.Settings

class LocalSettingsTest {
    @TempDir
    lateinit var folder: Path

    private fun find(vararg environment: Pair<String, String>) = findSettings("", folder, mapOf(*environment))

    @Test
    fun `without anything it is the usual engine without a token`() {
        assertEquals(listOf("127.0.0.1:7311", "", ""), with(find()) { listOf(engine, token, certificate) })
    }

    @Test
    fun `an engine on this machine has its owner's token`() {
        Files.write(folder.resolve("engine.address"), "127.0.0.1:5\n".toByteArray())
        Files.write(folder.resolve("owner.token"), "abc\n".toByteArray())
        assertEquals(listOf("127.0.0.1:5", "abc"), with(find()) { listOf(engine, token) })
        assertEquals("127.0.0.1:6", find("SOLOTRIAL_ENGINE" to "127.0.0.1:6").engine)
    }

    @Test
    fun `what was joined is for its engine only, and for this user only`() {
        keepSettings(Settings("10.0.0.1:7311", "joined", "PEM"), folder)
        keepSettings(Settings("10.0.0.1:7311", "joined again", "PEM"), folder)
        assertEquals(
            listOf("10.0.0.1:7311", "joined again", "PEM"),
            with(find()) { listOf(engine, token, certificate) },
        )
        assertEquals(listOf("", ""), with(find("SOLOTRIAL_ENGINE" to "10.0.0.2:1")) { listOf(token, certificate) })
        val token = folder.resolve("joined/token")
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(token)))
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(token.parent)))
    }

    @Test
    fun `the folder is where the command line looks`() {
        assertEquals("/a", dataFolder(mapOf("SOLOTRIAL_DATA" to "/a", "HOME" to "/b")).toString())
        assertEquals("/x/solotrial", dataFolder(mapOf("XDG_DATA_HOME" to "/x", "HOME" to "/b")).toString())
        assertEquals("/b/.local/share/solotrial", dataFolder(mapOf("HOME" to "/b")).toString())
    }
}
