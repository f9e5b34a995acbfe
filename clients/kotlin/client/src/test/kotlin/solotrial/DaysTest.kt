package solotrial

import java.time.Instant
import kotlin.test.Test
import kotlin.test.assertEquals
import solotrial.v1.TimeZoneChange
import solotrial.v1.Protocol
import solotrial.v1.Trial

class DaysTest {
    private fun day(instant: String, zone: String, start: String = "04:00") =
        dayOf(Instant.parse(instant), zone, start).toString()

    @Test
    fun `half past midnight belongs to the evening before`() {
        assertEquals("2026-03-01", day("2026-03-01T23:30:00Z", "Europe/Berlin"))
        assertEquals("2026-03-01", day("2026-03-02T02:59:59Z", "Europe/Berlin"))
        assertEquals("2026-03-02", day("2026-03-02T03:00:00Z", "Europe/Berlin"))
    }

    @Test
    fun `the clock on the wall decides when clocks change`() {
        assertEquals("2026-03-28", day("2026-03-29T01:59:59Z", "Europe/Berlin"))
        assertEquals("2026-03-29", day("2026-03-29T02:00:00Z", "Europe/Berlin"))
        assertEquals("2026-10-24", day("2026-10-25T02:59:59Z", "Europe/Berlin"))
    }

    @Test
    fun `a trial has the days of the place it moved to, from when they begin there`() {
        val trial = Trial.newBuilder().setProtocol(Protocol.newBuilder().setTimeZone("Europe/Berlin"))
        val evening = Instant.parse("2026-03-01T19:30:00Z")
        assertEquals("2026-03-01", today(trial.build(), evening).toString())
        trial.addTimeZoneChanges(TimeZoneChange.newBuilder().setTimeZone("Asia/Tokyo"))
        assertEquals("2026-03-02", today(trial.build(), evening).toString())
        trial.setProtocol(trial.protocol.toBuilder().setDayStartsAt("06:00"))
        assertEquals("2026-03-01", today(trial.build(), evening).toString())
    }
}
