/* A diary for a terminal: see README.md beside it. */
package solotrial.sample

import java.nio.file.Files
import java.time.LocalDate
import java.time.format.DateTimeParseException
import kotlin.system.exitProcess
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.firstOrNull
import solotrial.Entries
import solotrial.Outbox
import solotrial.SolotrialError
import solotrial.jvm.connect
import solotrial.jvm.dataFolder
import solotrial.jvm.join
import solotrial.jvm.sqliteStore
import solotrial.sync
import solotrial.v1.Entry
import solotrial.v1.TrialState

private const val USAGE = "diary join LINK | follow | score MEASURE VALUE [DATE] | note TEXT [DATE] | show | sync"

suspend fun main(arguments: Array<String>) {
    try {
        run(arguments.toList())
    } catch (error: SolotrialError) {
        fail(error.message)
    } catch (error: IllegalArgumentException) {
        fail(error.message)
    } catch (error: NoSuchElementException) {
        fail(error.message)
    }
}

private suspend fun run(words: List<String>) {
    if (words.firstOrNull() == "join" && words.size == 2) {
        val joined = join(words[1])
        joined.client.close()
        println("This machine is paired with ${joined.settings.engine}.")
        if (joined.access.recoveryPhrase.isNotEmpty()) {
            println("Write this down on paper: ${joined.access.recoveryPhrase}")
        }
        return
    }
    val folder = Files.createDirectories(dataFolder())
    Outbox(sqliteStore(folder.resolve("diary.sqlite")), device = "terminal").use { outbox ->
        when {
            words == listOf("follow") -> follow(outbox)
            words.firstOrNull() == "score" && words.size in 3..4 -> {
                val value = requireNotNull(words[2].toDoubleOrNull()) { "${words[2]} is no number" }
                record(outbox, Entries.score(words[1], value), words.getOrNull(3))
            }
            words.firstOrNull() == "note" && words.size in 2..3 -> record(outbox, Entries.note(words[1]), words.getOrNull(2))
            words == listOf("show") -> show(outbox)
            words == listOf("sync") -> send(outbox)
            else -> throw IllegalArgumentException("usage: $USAGE")
        }
    }
}

private suspend fun follow(outbox: Outbox) = connect().use { client ->
    val running = client.allTrials().filter { it.state == TrialState.TRIAL_STATE_RUNNING }.firstOrNull()
        ?: throw NoSuchElementException("No trial is running.")
    outbox.follow(running)
    val today = client.trials.getToday(name = running.name)
    println(running.protocol.title)
    println(today.instruction)
    for (item in today.dueList) println("  ${item.id}: ${item.question}")
}

private suspend fun trialOf(outbox: Outbox): String =
    outbox.trials().firstOrNull() ?: throw NoSuchElementException("Follow a trial first: diary follow")

private suspend fun record(outbox: Outbox, content: Entry, date: String?) {
    val day = try {
        date?.let(LocalDate::parse)
    } catch (_: DateTimeParseException) {
        throw IllegalArgumentException("$date is no date: write YYYY-MM-DD")
    }
    val entry = outbox.record(trialOf(outbox), content, day)
    println("Kept for ${entry.date}.")
}

private suspend fun show(outbox: Outbox) {
    val trial = trialOf(outbox)
    val waiting = outbox.pending(trial).map { it.id }.toSet()
    for (entry in outbox.current(trial)) {
        val what = when {
            entry.hasScore() -> "${entry.score.measureId} ${entry.score.value}"
            entry.hasNote() -> entry.note.text
            else -> entry.contentCase.name.lowercase()
        }
        println("${entry.date}  $what${if (entry.id in waiting) "  (waits)" else ""}")
    }
    for (refused in outbox.refused(trial)) println("not taken: ${refused.message}")
}

private suspend fun send(outbox: Outbox) = connect().use { client ->
    for (trial in outbox.trials()) {
        val report = sync(client, outbox, trial)
        println("${report.sent} sent, ${report.received} read, ${report.refused.size} not taken")
        report.notices.forEach(::println)
    }
}

private fun fail(message: String?): Nothing {
    System.err.println(message)
    exitProcess(1)
}
