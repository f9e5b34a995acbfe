// @solotrial/client: everything a web app needs to live a solotrial trial, with or without a network.
export * from './api.js';
export * from './client.js';
export * from './diary.js';
export * from './errors.js';
export * from './platform.js';
export * from './state.js';
