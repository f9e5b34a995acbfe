// Ids of entries: UUIDv7 (RFC 9562), so that they sort by the moment of their making.
import type { Clock, RandomSource } from './platform.js';

/** Makes ids that grow, also within one millisecond and when the clock goes back. */
export class IdMaker {
  private lastMilliseconds = 0;
  private counter = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: RandomSource,
  ) {}

  /** The next id, lower case with hyphens. */
  next(): string {
    const bytes = this.random.bytes(16);
    const now = Math.max(this.clock.now(), this.lastMilliseconds);
    if (now > this.lastMilliseconds) {
      this.lastMilliseconds = now;
      // The upper bit stays free for those that follow within the millisecond.
      this.counter = (((bytes[6] ?? 0) & 0x07) << 8) | (bytes[7] ?? 0);
    } else if (++this.counter > 0xfff) {
      this.lastMilliseconds += 1;
      this.counter = 0;
    }
    let milliseconds = this.lastMilliseconds;
    for (let i = 5; i >= 0; i--) {
      bytes[i] = milliseconds % 256;
      milliseconds = Math.floor(milliseconds / 256);
    }
    bytes[6] = 0x70 | (this.counter >> 8);
    bytes[7] = this.counter & 0xff;
    bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return [
      hex.slice(0, 8),
      hex.slice(8, 12),
      hex.slice(12, 16),
      hex.slice(16, 20),
      hex.slice(20),
    ].join('-');
  }
}
