import { expect, test } from "vitest";
import { computingOnTheSpot } from "../../bench/engine/onTheSpot.js";

const bytes = (text: string) => new TextEncoder().encode(text);

async function sign(hash: string): Promise<string> {
  const algorithm = { name: "HMAC", hash };
  const key = await crypto.subtle.importKey(
    "raw",
    bytes("secret"),
    algorithm,
    false,
    ["sign", "verify"],
  );
  const mac = await crypto.subtle.sign("HMAC", key, bytes("body"));
  const says = (text: string) =>
    crypto.subtle.verify("HMAC", key, mac, bytes(text));
  expect([await says("body"), await says("bodies")]).toEqual([true, false]);
  return Buffer.from(mac).toString("hex");
}

test.each(["SHA-1", "SHA-256", "SHA-512"])(
  "what is computed on the spot by %s is what WebCrypto computes",
  async (hash) => {
    const here = await computingOnTheSpot(() => sign(hash));
    expect(here).toBe(await sign(hash));
  },
);

test("WebCrypto is itself again afterwards, also after a failure", async () => {
  const own = () => Object.keys(crypto.subtle);
  const failing = computingOnTheSpot(() => {
    expect(own()).toContain("sign");
    return Promise.reject(new Error("no"));
  });
  await expect(failing).rejects.toThrow("no");
  expect(own()).toEqual([]);
});
