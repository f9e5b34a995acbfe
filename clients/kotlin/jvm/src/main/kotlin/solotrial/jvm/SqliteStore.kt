package solotrial.jvm

import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import java.sql.Connection
import java.sql.PreparedStatement
import org.sqlite.SQLiteConfig
import solotrial.OutboxStore
import solotrial.Sql
import solotrial.SqlStore

/**
 * A store in the SQLite file at `path`, made when it is not there, readable by this user only.
 * Threads and processes may share it.
 */
public fun sqliteStore(path: Path): OutboxStore {
    makePrivately(path)
    val sql = JdbcSql(path)
    return try {
        SqlStore(sql)
    } catch (error: Throwable) {
        sql.close()
        throw error
    }
}

private class JdbcSql(path: Path) : Sql {
    private val connection: Connection = SQLiteConfig().apply {
        setJournalMode(SQLiteConfig.JournalMode.WAL)
        // An entry that was shown as kept survives the loss of power.
        setSynchronous(SQLiteConfig.SynchronousMode.FULL)
        setBusyTimeout(10_000)
    }.createConnection("jdbc:sqlite:$path")

    override fun <T> transaction(block: () -> T): T = synchronized(connection) {
        execute("BEGIN IMMEDIATE")
        val result = try {
            block()
        } catch (error: Throwable) {
            execute("ROLLBACK")
            throw error
        }
        execute("COMMIT")
        result
    }

    override fun execute(statement: String, vararg values: Any?) {
        connection.prepareStatement(statement).use {
            it.bind(values)
            it.execute()
        }
    }

    override fun query(query: String, vararg values: String): List<List<Any?>> =
        connection.prepareStatement(query).use {
            it.bind(values)
            it.executeQuery().use { rows ->
                val columns = 1..rows.metaData.columnCount
                buildList {
                    while (rows.next()) {
                        add(columns.map { column -> rows.getObject(column).let { v -> if (v is Int) v.toLong() else v } })
                    }
                }
            }
        }

    override fun close() = synchronized(connection) { connection.close() }

    private fun PreparedStatement.bind(values: Array<out Any?>) =
        values.forEachIndexed { index, value -> setObject(index + 1, value) }
}

/** Makes an empty file that nobody else may read, unless there is one. */
internal fun makePrivately(path: Path) {
    if (Files.exists(path)) return
    val isPosix = "posix" in path.fileSystem.supportedFileAttributeViews()
    val mode = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    try {
        if (isPosix) Files.createFile(path, mode) else Files.createFile(path)
    } catch (_: java.nio.file.FileAlreadyExistsException) {
        // Another process was faster.
    }
}
