import type { AuthConfig } from "convex/server";
import { DEMO_AUDIENCE, DEMO_ISSUER, DEMO_JWKS } from "../auth/key.js";

// The demo signs its own tokens with a key that everybody knows. Replace it by your identity provider:
// https://docs.convex.dev/auth
export default {
  providers: [
    {
      type: "customJwt",
      issuer: DEMO_ISSUER,
      applicationID: DEMO_AUDIENCE,
      algorithm: "ES256",
      jwks: DEMO_JWKS,
    },
  ],
} satisfies AuthConfig;
