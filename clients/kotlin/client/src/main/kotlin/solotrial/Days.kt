package solotrial

import java.time.Instant
import java.time.LocalDate
import java.time.LocalTime
import java.time.ZoneId
import solotrial.v1.Protocol
import solotrial.v1.Trial

private const val DAY_STARTS_AT = "04:00"

/**
 * The civil date in `timeZone`, or the one before while the clock there shows less than
 * `dayStartsAt` (`HH:MM`): a score at half past midnight belongs to the evening before.
 */
public fun dayOf(instant: Instant, timeZone: String, dayStartsAt: String = DAY_STARTS_AT): LocalDate {
    val local = instant.atZone(ZoneId.of(timeZone)).toLocalDateTime()
    val before = local.toLocalTime() < LocalTime.parse(dayStartsAt)
    return if (before) local.toLocalDate().minusDays(1) else local.toLocalDate()
}

/** The time zone that the trial is lived in: the protocol's, or the last it moved to. */
public fun zoneOf(trial: Trial): String =
    trial.timeZoneChangesList.lastOrNull()?.timeZone ?: trial.protocol.timeZone

/** When a new day begins, `HH:MM`. */
public fun dayStartOf(protocol: Protocol): String =
    if (protocol.hasDayStartsAt()) protocol.dayStartsAt else DAY_STARTS_AT

/** The trial's day at `instant`. */
public fun today(trial: Trial, instant: Instant): LocalDate =
    dayOf(instant, zoneOf(trial), dayStartOf(trial.protocol))
