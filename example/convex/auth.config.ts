import type { AuthConfig } from "convex/server";

// The demo signs its own tokens with a published key (dev/auth.ts), so anyone can sign in as anyone. Replace it by your
// identity provider: https://docs.convex.dev/auth
export default {
  providers: [
    {
      type: "customJwt",
      issuer: "https://demo.convex-docs.example",
      applicationID: "convex-docs-demo",
      algorithm: "ES256",
      // The public key, as a data URI: this file is evaluated without `btoa`.
      jwks: "data:application/json;base64,eyJrZXlzIjpbeyJrdHkiOiJFQyIsImNydiI6IlAtMjU2IiwieCI6Ikd1QUVBWHRHS3Nid3M3Ql9QOEtESFJhbVBKeGRlUXlqZ0J0SVgtM25hT0UiLCJ5IjoiSk9hM21LSGRnOVRDSVV2d3B6MEdIX1liY1hpSERybzRETnAxWWRUeXFacyIsImtpZCI6ImNvbnZleC1kb2NzLWRlbW8iLCJhbGciOiJFUzI1NiIsInVzZSI6InNpZyJ9XX0=",
    },
  ],
} satisfies AuthConfig;
