import { utf8 } from "../../src/webhooks/bytes.js";
import { signTestRequest } from "../../src/webhooks/index.js";
import { verify, type Scheme } from "../../src/webhooks/verify.js";
import { SECRET, type HostDeployment } from "./webhooks.js";

/** What a scheme says of a delivery. */
export const check = async (
  scheme: Scheme,
  {
    headers,
    body,
  }: {
    headers: Record<string, string>;
    body: string | Uint8Array<ArrayBuffer>;
  },
  secrets: unknown[] = [SECRET],
) =>
  await verify(
    scheme,
    {
      headers: new Headers(headers),
      body: typeof body === "string" ? utf8(body) : body,
      url: "https://example.com/x",
    },
    { secrets, now: Date.now() },
  );
/** The status that a delivery is answered with. */
export const post = async (
  d: HostDeployment,
  path: string,
  request: RequestInit,
) => (await d.t.fetch(`/hooks/${path}`, { method: "POST", ...request })).status;
/** A signed delivery of GitHub's. */
export const gh = async (
  body: unknown,
  id: string,
  event = "push",
  secret = SECRET,
) => {
  const request = await signTestRequest("github", secret, body);
  Object.assign(request.headers, {
    "x-github-delivery": id,
    "x-github-event": event,
  });
  return request;
};
