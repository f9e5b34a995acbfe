// Errors that a screen can tell apart, by their reason and never by their text.

/** Reasons of faults that are not the engine's. */
export type LocalReason =
  /** The engine was not reached, or its answer was lost: what was asked for may have happened. */
  | 'UNREACHABLE'
  /** The phone's storage is full. Nothing was saved. */
  | 'STORAGE_FULL'
  /** The browser refuses or has lost its storage. Nothing was saved. */
  | 'STORAGE_FAILED'
  /** This phone has no credential. */
  | 'UNPAIRED'
  /** The text or link holds no pairing code. */
  | 'NOT_A_CODE'
  /** What was asked for is not on this phone. */
  | 'NOT_HELD'
  /** The caller called it off. */
  | 'CANCELLED'
  /** The answer makes no sense to this client. */
  | 'UNKNOWN';

/** One field that is wrong. */
export interface FieldFault {
  /** The path in the names of the protos, for example `protocol.measures[0].maximum`. */
  readonly field: string;
  /** What is wrong, and what would be right; English, for a developer or an attentive person. */
  readonly description: string;
}

/** Everything that this library throws. */
export class SolotrialError extends Error {
  override readonly name = 'SolotrialError';
  constructor(
    /** An ErrorReason of the engine without its prefix (`CODE_NOT_VALID`), or a LocalReason. */
    readonly reason: string,
    message: string,
    /** The fields at fault, if any. */
    readonly fields: readonly FieldFault[] = [],
    /** Whether the same call can succeed later. */
    readonly retryable: boolean = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
