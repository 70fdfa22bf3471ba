/**
 * WebCrypto as Convex's own runtime has it: its HMAC is computed on the spot, in native code. Node hands every one of them to
 * a pool of threads, which takes longer than to hash 2 kB.
 *
 * Source: convex-backend, `op_crypto_sign`, an operation of V8's that returns its result.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** A key, and the bytes that it was made of. */
const secrets = new WeakMap<object, Uint8Array>();

const HASHES: Record<string, string> = {
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-512": "sha512",
};

type Bytes = Uint8Array | ArrayBuffer;
type Key = { algorithm: { hash: { name: string } } };

const view = (bytes: Bytes) =>
  bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);

function hmac(key: Key, data: Bytes): Uint8Array {
  const hash = HASHES[key.algorithm.hash.name];
  const secret = secrets.get(key);
  if (!hash || !secret) throw new Error("This key was made before.");
  return createHmac(hash, secret).update(view(data)).digest();
}

/** Only what verifying a delivery takes. */
const onTheSpot = {
  importKey: (
    _format: string,
    bytes: Bytes,
    { hash }: { hash: string | { name: string } },
  ) => {
    const name = typeof hash === "string" ? hash : hash.name;
    const key: Key = { algorithm: { hash: { name } } };
    secrets.set(key, view(bytes));
    return Promise.resolve(key);
  },
  sign: (_algorithm: unknown, key: Key, data: Bytes) => {
    const { buffer, byteOffset, byteLength } = hmac(key, data);
    return Promise.resolve(buffer.slice(byteOffset, byteOffset + byteLength));
  },
  verify: (_algorithm: unknown, key: Key, signature: Bytes, data: Bytes) => {
    const expected = hmac(key, data);
    const given = view(signature);
    return Promise.resolve(
      given.byteLength === expected.byteLength &&
        timingSafeEqual(given, expected),
    );
  },
};

/** Does something while WebCrypto computes on the spot. Keys made before cannot be used meanwhile, nor these afterwards. */
export async function computingOnTheSpot<T>(run: () => Promise<T>): Promise<T> {
  Object.assign(crypto.subtle, onTheSpot);
  try {
    return await run();
  } finally {
    for (const name of Object.keys(onTheSpot)) {
      Reflect.deleteProperty(crypto.subtle, name);
    }
  }
}
