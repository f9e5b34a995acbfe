// What a failed call means.
import { Code, ConnectError } from '@connectrpc/connect';
import { expect, test } from 'vitest';
import { fromCall, fromStorage } from '../src/errors.js';

test('only the engine itself can refuse a credential: a proxy or a portal cannot', () => {
  for (const code of [Code.Unauthenticated, Code.PermissionDenied, Code.NotFound, Code.Internal]) {
    expect(fromCall(new ConnectError('login page', code))).toMatchObject({
      reason: 'UNREACHABLE',
      retryable: true,
    });
  }
});

test('only gRPC can say that there is no such call', () => {
  const portal = new ConnectError('HTTP 404', Code.Unimplemented, { 'content-type': 'text/html' });
  expect(fromCall(portal).reason).toBe('UNREACHABLE');
  const engine = new ConnectError('no such method', Code.Unimplemented, { 'grpc-status': '12' });
  expect(fromCall(engine)).toMatchObject({ reason: 'NOT_SUPPORTED', retryable: false });
});

test('details that are no details are none', () => {
  const error = new ConnectError('x', Code.Internal);
  error.details = [{ type: 'google.rpc.ErrorInfo', value: Uint8Array.from([0xff, 0xff]) }];
  expect(fromCall(error).reason).toBe('UNREACHABLE');
});

test('a call that was called off is no failure of the network', () => {
  expect(fromCall(new ConnectError('x', Code.Canceled)).reason).toBe('CANCELLED');
});

test('a full storage is told from a broken one', () => {
  expect(fromStorage(new DOMException('x', 'QuotaExceededError')).reason).toBe('STORAGE_FULL');
  expect(fromStorage(new DOMException('x', 'InvalidStateError')).reason).toBe('STORAGE_FAILED');
});
