/**
 * Documents as JSON. What JSON has no word for: an int64 becomes its digits and bytes become base64, both as text; NaN and
 * the infinities become `null`.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === "bigint") return member.toString();
    return isBytes(member) ? toBase64(new Uint8Array(member)) : member;
  });
}

/** Not by `instanceof`: bytes of another realm have another class. */
function isBytes(value: unknown): value is ArrayBuffer {
  return Object.prototype.toString.call(value) === "[object ArrayBuffer]";
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
