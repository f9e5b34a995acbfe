package solotrial.jvm

import java.net.InetAddress
import java.nio.file.Files
import java.nio.file.NoSuchFileException
import java.nio.file.Path
import java.nio.file.Paths
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import solotrial.Client
import solotrial.Joined
import solotrial.Settings

private const val DEFAULT_ENGINE = "127.0.0.1:7311"

/**
 * A client of the engine on this machine, or of the one that this machine was paired with.
 *
 * Looks where the command-line client looks (see [findSettings]) and asks the engine whether the
 * two understand each other.
 */
public suspend fun connect(engine: String = "", data: Path? = null): Client {
    val client = findSettings(engine, data).client()
    try {
        client.checkVersion()
    } catch (error: Throwable) {
        client.close()
        throw error
    }
    return client
}

/** As [solotrial.join], and keeps what was got where [connect] and the command line find it. */
public suspend fun join(
    code: String, device: String = hostName(), engine: String = "", pin: String = "", data: Path? = null,
): Joined = solotrial.join(code, device, engine, pin).also { keepSettings(it.settings, data) }

/** Where an engine on this machine, and what was joined, keep their files. */
public fun dataFolder(environment: Map<String, String> = System.getenv()): Path {
    environment["SOLOTRIAL_DATA"]?.ifEmpty { null }?.let { return Paths.get(it) }
    environment["XDG_DATA_HOME"]?.ifEmpty { null }?.let { return Paths.get(it, "solotrial") }
    val home = environment["HOME"]?.ifEmpty { null } ?: System.getProperty("user.home")
    return Paths.get(home, ".local", "share", "solotrial")
}

/**
 * What is in the environment, then in the data folder, then the default. SOLOTRIAL_ENGINE,
 * SOLOTRIAL_DATA and SOLOTRIAL_TOKEN_FILE are those of the command-line client.
 */
public fun findSettings(
    engine: String = "", data: Path? = null, environment: Map<String, String> = System.getenv(),
): Settings {
    val folder = data ?: dataFolder(environment)
    val joined = folder.resolve("joined")
    val joinedEngine = firstLine(joined.resolve("engine"))
    val found = sequenceOf(
        engine,
        environment["SOLOTRIAL_ENGINE"].orEmpty(),
        firstLine(folder.resolve("engine.address")),
        joinedEngine,
        DEFAULT_ENGINE,
    ).first { it.isNotEmpty() }
    // The token and certificate of the engine that was joined are for that engine only.
    val isJoined = found == joinedEngine
    val tokenFile = environment["SOLOTRIAL_TOKEN_FILE"]?.ifEmpty { null }?.let { Paths.get(it) }
        ?: if (isJoined) joined.resolve("token") else folder.resolve("owner.token")
    val certificate = if (isJoined) text(joined.resolve("certificate.pem")) else ""
    return Settings(found, firstLine(tokenFile), certificate)
}

/** Writes what was got by pairing, readable by this user only. */
public fun keepSettings(settings: Settings, data: Path? = null) {
    val folder = Files.createDirectories((data ?: dataFolder()).resolve("joined"))
    folder.toFile().apply {
        setReadable(false, false)
        setExecutable(false, false)
        setReadable(true, true)
        setExecutable(true, true)
    }
    write(folder.resolve("token"), settings.token + "\n")
    write(folder.resolve("certificate.pem"), settings.certificate)
    write(folder.resolve("engine"), settings.engine + "\n")
}

private fun hostName(): String = try {
    InetAddress.getLocalHost().hostName
} catch (_: java.net.UnknownHostException) {
    "a computer"
}

/** Whole or not at all: a lost token is a lost device. */
private fun write(path: Path, text: String) {
    val part = path.resolveSibling("${path.fileName}.part")
    Files.deleteIfExists(part)
    makePrivately(part)
    java.io.FileOutputStream(part.toFile()).use {
        it.write(text.toByteArray())
        it.fd.sync()
    }
    Files.move(part, path, ATOMIC_MOVE)
}

private fun text(path: Path): String = try {
    String(Files.readAllBytes(path))
} catch (_: NoSuchFileException) {
    ""
}

private fun firstLine(path: Path): String = text(path).lineSequence().first().trim()
