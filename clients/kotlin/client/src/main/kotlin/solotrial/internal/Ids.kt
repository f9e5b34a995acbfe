package solotrial.internal

import java.security.SecureRandom
import java.util.UUID

private val chance = SecureRandom()

/** An id by which the engine knows a repetition of a request. */
internal fun newRequestId(): String = UUID.randomUUID().toString()

/** A version 7 UUID: the time, then chance. */
internal fun newEntryId(unixMilliseconds: Long): String {
    val high = (unixMilliseconds shl 16) or 0x7000L or (chance.nextLong() and 0xfffL)
    val low = (chance.nextLong() and 0x3fffffffffffffffL) or Long.MIN_VALUE
    return UUID(high, low).toString()
}
