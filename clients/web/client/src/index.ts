// @solotrial/client: everything a web app needs to live a solotrial trial, with or without a network.
export * from './api.js';
export { create } from '@bufbuild/protobuf';
export * from './client.js';
export type * from './diary.js';
export type { EngineApi } from './engine.js';
export { SolotrialError } from './errors.js';
export type { FieldFault, LocalReason } from './errors.js';
export { addDays, trialDate } from './dates.js';
export { openClient } from './open_client.js';
export { pairingCodeOf } from './pairing_code.js';
export type * from './platform.js';
export type * from './state.js';
