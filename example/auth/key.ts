/**
 * The key pair of the DEMO sign-in: published in this repository, so anybody can sign as anybody.
 * It must never be the key of a deployment whose data matters.
 */
export const DEMO_ISSUER = "https://demo.convex-docs.example";

/** The audience of demo tokens, `applicationID` in auth.config.ts. */
export const DEMO_AUDIENCE = "convex-docs-demo";

/** Checks demo tokens. */
export const demoPublicKey = {
  kty: "EC",
  crv: "P-256",
  x: "GuAEAXtGKsbws7B_P8KDHRamPJxdeQyjgBtIX-3naOE",
  y: "JOa3mKHdg9TCIUvwpz0GH_YbcXiHDro4DNp1YdTyqZs",
  kid: "convex-docs-demo",
  alg: "ES256",
  use: "sig",
} as const;

/** Signs demo tokens, in the browser too: a real app's key stays with its identity provider. */
export const demoPrivateKey = {
  ...demoPublicKey,
  d: "KgAWGQev2K5zoBi8cfIpDgVsLJIzWgeRWmEKHAvgkh8",
} as const;

/** {@link demoPublicKey} as a key set in a data URI, written out because auth.config.ts is evaluated without `btoa`. */
export const DEMO_JWKS =
  "data:application/json;base64,eyJrZXlzIjpbeyJrdHkiOiJFQyIsImNydiI6IlAtMjU2IiwieCI6Ikd1QUVBWHRHS3Nid3M3Ql9QOEtESFJhbVBKeGRlUXlqZ0J0SVgtM25hT0UiLCJ5IjoiSk9hM21LSGRnOVRDSVV2d3B6MEdIX1liY1hpSERybzRETnAxWWRUeXFacyIsImtpZCI6ImNvbnZleC1kb2NzLWRlbW8iLCJhbGciOiJFUzI1NiIsInVzZSI6InNpZyJ9XX0=";
