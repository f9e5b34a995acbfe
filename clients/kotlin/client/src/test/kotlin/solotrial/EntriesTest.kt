package solotrial

import com.google.protobuf.Timestamp
import kotlin.random.Random
import kotlin.test.Test
import kotlin.test.assertEquals
import solotrial.v1.Entry

class EntriesTest {
    private fun said(id: String, second: Long, content: Entry, supersedes: String = "", date: String = "2026-03-01") =
        content.toBuilder().setId(id).setDate(date).setSupersedes(supersedes.ifEmpty { content.supersedes })
            .setClientTime(Timestamp.newBuilder().setSeconds(second)).build()

    private fun ids(log: List<Entry>) = Entries.current(log).map { it.id }

    @Test
    fun `of two devices the later counts, then the greater id`() {
        assertEquals(listOf("a"), ids(listOf(said("a", 2, Entries.score("legs", 4)), said("b", 1, Entries.score("legs", 5)))))
        assertEquals(listOf("b"), ids(listOf(said("a", 1, Entries.score("legs", 4)), said("b", 1, Entries.score("legs", 5)))))
    }

    @Test
    fun `a correction counts although its clock is behind`() {
        val log = listOf(said("a", 9, Entries.score("legs", 4)), said("b", 1, Entries.score("legs", 5), "a"))
        assertEquals(listOf("b"), ids(log))
    }

    @Test
    fun `a correction of something else corrects nothing`() {
        val log = listOf(said("a", 9, Entries.score("legs", 4)), said("b", 1, Entries.score("sleep", 5), "a"))
        assertEquals(listOf("a", "b"), ids(log))
    }

    @Test
    fun `of a circle the latest counts`() {
        val log = listOf(said("a", 2, Entries.score("legs", 4), "b"), said("b", 1, Entries.score("legs", 5), "a"))
        assertEquals(listOf("a"), ids(log))
    }

    @Test
    fun `what was taken back does not count, and nothing in its place`() {
        val first = said("a", 1, Entries.score("legs", 4))
        val second = said("b", 2, Entries.score("legs", 5), "a")
        assertEquals(emptyList(), ids(listOf(first, second, said("c", 3, Entries.retraction(second)))))
        assertEquals(listOf("b"), ids(listOf(first, second, said("c", 3, Entries.retraction(first)))))
    }

    @Test
    fun `slots, measures and days stand side by side, and notes with everything`() {
        val log = listOf(
            said("a", 1, Entries.score("legs", 4, slot = "evening")),
            said("b", 1, Entries.score("legs", 4, slot = "night")),
            said("c", 1, Entries.score("sleep", 4)),
            said("d", 1, Entries.score("legs", 4), date = "2026-03-02"),
            said("e", 1, Entries.note("x")),
            said("f", 1, Entries.note("x")),
            said("g", 1, Entry.getDefaultInstance()), // of a kind that only a newer engine knows
        )
        assertEquals("abcefgd".map { it.toString() }, ids(log))
    }

    @Test
    fun `any order gives the same`() {
        val chance = Random(7)
        repeat(200) {
            val log = (0..7).map {
                val target = if (chance.nextBoolean()) "e${chance.nextInt(8)}" else ""
                val content = when (chance.nextInt(4)) {
                    0 -> Entries.dose()
                    1 -> Entries.retraction(Entry.newBuilder().setId(target).build())
                    else -> Entries.score("legs", 1)
                }
                said("e$it", chance.nextLong(3), content, target)
            }
            assertEquals(ids(log), ids(log.shuffled(chance)))
        }
    }
}
