package solotrial

import solotrial.internal.Key
import solotrial.internal.hasOwnKey
import solotrial.internal.keyOf
import solotrial.v1.Arm
import solotrial.v1.CovariateValue
import solotrial.v1.Deviation
import solotrial.v1.Dose
import solotrial.v1.Entry
import solotrial.v1.Event
import solotrial.v1.Guess
import solotrial.v1.Mark
import solotrial.v1.Note
import solotrial.v1.Rescue
import solotrial.v1.Retraction
import solotrial.v1.Score

/**
 * What a person says about a day, and which of what they said counts.
 *
 * The makers return an Entry that holds its content only; [Outbox.record] fills in the rest.
 */
public object Entries {
    /** A score of a measure. */
    public fun score(measure: String, value: Double, slot: String = ""): Entry =
        entry { setSlot(slot).setScore(Score.newBuilder().setMeasureId(measure).setValue(value)) }

    /** A score of a measure. */
    public fun score(measure: String, value: Int, slot: String = ""): Entry = score(measure, value.toDouble(), slot)

    /** The value of a covariate. */
    public fun covariate(covariate: String, value: Double): Entry =
        entry { setCovariate(CovariateValue.newBuilder().setCovariateId(covariate).setValue(value)) }

    /** A dose: 1 all of it, 0 skipped. */
    public fun dose(fraction: Double = 1.0, slot: String = ""): Entry =
        entry { setSlot(slot).setDose(Dose.newBuilder().setFraction(fraction)) }

    /** Free text about the day. */
    public fun note(text: String): Entry = entry { setNote(Note.newBuilder().setText(text)) }

    /** Something that happened: a side effect, an illness, a laboratory value. */
    public fun event(
        type: Event.Type,
        text: String = "",
        grade: Event.Grade = Event.Grade.GRADE_UNSPECIFIED,
        laboratory: String = "",
        laboratoryValue: Double? = null,
    ): Entry = entry {
        val event = Event.newBuilder().setType(type).setGrade(grade).setText(text).setLaboratoryId(laboratory)
        if (laboratoryValue != null) event.setLaboratoryValue(laboratoryValue)
        setEvent(event)
    }

    /** Rescue medication. */
    public fun rescue(name: String, doses: Int = 1): Entry =
        entry { setRescue(Rescue.newBuilder().setName(name).setDoses(doses)) }

    /** What the person takes a block of a blinded trial for. */
    public fun guess(blockNumber: Int, arm: Arm): Entry =
        entry { setGuess(Guess.newBuilder().setBlockNumber(blockNumber).setArm(arm)) }

    /** Something that was not as planned. */
    public fun deviation(text: String, kind: Deviation.Kind, days: Int = 1): Entry =
        entry { setDeviation(Deviation.newBuilder().setKind(kind).setText(text).setDays(days)) }

    /** A visit took place, or a new cycle began. */
    public fun mark(): Entry = entry { setMark(Mark.getDefaultInstance()) }

    /** Takes `said` back; nothing counts in its place. */
    public fun retraction(said: Entry): Entry = entry {
        setDate(said.date).setSlot(said.slot).setSupersedes(said.id).setRetraction(Retraction.getDefaultInstance())
    }

    /**
     * The entries that count, by date, then id. Any order of `log` gives the same.
     *
     * The engine's own rule, for a device that is offline: of every key the latest entry that none
     * supersedes, unless it was taken back; where entries supersede each other in a circle, the
     * latest of all.
     */
    public fun current(log: Iterable<Entry>): List<Entry> {
        val said = log.toList()
        val retracted = said.filter { it.hasRetraction() }.map { it.supersedes }.toSet()
        return heads(said).values.filter { it.id !in retracted }.sortedWith(compareBy({ it.date }, { it.id }))
    }

    /** The last word on every key, also where it was taken back: what a correction supersedes. */
    internal fun heads(log: Iterable<Entry>): Map<Key, Entry> {
        val byId = log.filterNot { it.hasRetraction() }.associateBy { it.id }
        val superseded = byId.values.mapNotNull { entry ->
            byId[entry.supersedes]?.takeIf { corrects(entry, it) }?.id
        }.toSet()
        val last = mutableMapOf<Key, Entry>()
        val inCircles = mutableMapOf<Key, Entry>()
        for (entry in byId.values.sortedWith(age)) {
            val key = keyOf(entry)
            if (entry.id !in superseded) last[key] = entry else if (!entry.hasOwnKey) inCircles[key] = entry
        }
        return inCircles + last
    }

    private fun corrects(entry: Entry, target: Entry): Boolean =
        if (entry.hasOwnKey) entry.contentCase == target.contentCase else keyOf(entry) == keyOf(target)

    // The engine keeps microseconds.
    private val age = compareBy<Entry>({ it.clientTime.seconds }, { it.clientTime.nanos / 1000 }, { it.id })

    private fun entry(fill: Entry.Builder.() -> Unit): Entry = Entry.newBuilder().apply(fill).build()
}
