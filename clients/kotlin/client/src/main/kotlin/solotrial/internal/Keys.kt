package solotrial.internal

import solotrial.v1.Entry
import solotrial.v1.Entry.ContentCase

/** What two entries share of which only one can count: see solotrial.v1.Entry. */
internal data class Key(
    val content: ContentCase,
    val subject: String,
    val date: String,
    val slot: String,
    val id: String,
)

/**
 * Whether the entry is a key of its own. So is content that this library does not know, so that
 * nothing of a newer engine hides anything.
 */
internal val Entry.hasOwnKey: Boolean
    get() = when (contentCase) {
        ContentCase.SCORE, ContentCase.COVARIATE, ContentCase.DOSE, ContentCase.GUESS -> false
        else -> true
    }

internal fun keyOf(entry: Entry): Key = when (val content = entry.contentCase) {
    ContentCase.SCORE -> Key(content, entry.score.measureId, entry.date, entry.slot, "")
    ContentCase.COVARIATE -> Key(content, entry.covariate.covariateId, entry.date, entry.slot, "")
    ContentCase.DOSE -> Key(content, "", entry.date, entry.slot, "")
    // A block is guessed once, on whatever day.
    ContentCase.GUESS -> Key(content, entry.guess.blockNumber.toString(), "", entry.slot, "")
    else -> Key(content, "", entry.date, entry.slot, entry.id)
}
