/**
 * Which folder of `src/` may import which, as ESLint configuration. Imports run one way:
 *
 *     errors ← shared ← model ← component
 *     errors ← shared ← host ← client | webhooks | jobs ← react
 *
 * Types of `component/_generated/` are open to whoever talks to the database or calls the component: they are how Convex
 * describes both, and cost nothing at run time. The model also names the functions it schedules, through `api.js`.
 */

const HOST_SIDE = ["client", "webhooks", "jobs"];

/** Layer → the layers it may import. */
const LAYERS = {
  errors: [],
  shared: ["errors"],
  model: ["errors", "shared"],
  component: ["errors", "shared", "model"],
  host: ["errors", "shared"],
  client: ["errors", "shared", "host"],
  webhooks: ["errors", "shared", "host"],
  jobs: ["errors", "shared", "host"],
  react: ["errors", "shared", "host", ...HOST_SIDE],
};

/** Layer → the generated modules whose types it may import. */
const GENERATED_TYPES = {
  model: "(?:dataModel|server)",
  host: "component",
  client: "component",
  webhooks: "component",
  jobs: "component",
};

/** What runs in Convex's isolate: the component itself, and a host's functions through our client. */
const IN_ISOLATE = ["shared", "model", "component", "host", ...HOST_SIDE];

/** Folders below a layer's own that its files may lie in. */
const DEEPEST = 3;

/**
 * `depth` of a file is the steps up to `src/`. Fewer lead to a folder of the layer itself, which may well have another layer's
 * name: `model/jobs`.
 */
function restrictedImports(layer, depth) {
  const up = `^(?:\\.\\./){${depth}}`;
  const banned = Object.keys(LAYERS).filter(
    (other) => other !== layer && !LAYERS[layer].includes(other),
  );
  const generated = GENERATED_TYPES[layer];
  const patterns = [
    {
      regex: `${up}(?:${banned.join("|")})/${generated ? `(?!_generated/(?:${generated}${layer === "model" ? "|api" : ""})\\.js$)` : ""}`,
      message: `src/${layer} may import ${LAYERS[layer].join(", ") || "nothing"}: imports run one way (docs/architecture.md).`,
    },
  ];
  if (generated) {
    patterns.push({
      regex: `${up}component/_generated/${generated}\\.js$`,
      allowTypeImports: true,
      message: "Only the types of generated code may be imported here.",
    });
  }
  if (layer === "errors") {
    patterns.push({
      regex: "^[^.]",
      message:
        "src/errors imports nothing: it runs in a browser, a component, a host and over HTTP alike.",
    });
  }
  if (IN_ISOLATE.includes(layer)) {
    patterns.push(
      {
        regex: "^node:",
        message: "Convex's isolate has no Node built-ins.",
      },
      {
        regex: "^(?:react|react-dom|convex/(?:react|browser))(?:/|$)",
        message: "What runs in Convex knows nothing of browsers.",
      },
    );
  }
  patterns.push({
    regex: "^zod(?:/|$)",
    allowTypeImports: true,
    message:
      "A value import of zod costs the host up to 600 kB a push. Take the caller's schema through Standard Schema.",
  });
  return { patterns };
}

const call = (name) => `CallExpression[callee.property.name="${name}"]`;

/** What passes in convex-test and fails, or harms, on a real deployment. */
const FORBIDDEN_SYNTAX = [
  {
    selector: call("paginate"),
    message:
      "Native .paginate() does not work inside a component: walk an index range (src/model/paginate.ts).",
  },
  {
    selector: call("collect"),
    message:
      ".collect() reads without a bound: use .take(n), or walk an index range.",
  },
  {
    selector: 'MemberExpression[object.name=/^_?ctx$/][property.name="auth"]',
    message:
      "A component has no ctx.auth: the host says who acts, with each call.",
  },
  {
    selector:
      'VariableDeclarator[init.name=/^_?ctx$/] > ObjectPattern > Property[key.name="auth"]',
    message:
      "A component has no ctx.auth: the host says who acts, with each call.",
  },
  {
    selector:
      'Property[key.name="handler"] > :function > ObjectPattern:first-child > Property[key.name="auth"]',
    message:
      "A component has no ctx.auth: the host says who acts, with each call.",
  },
  {
    selector:
      'CallExpression[callee.name=/^(?:query|mutation|action)$/] Property[key.name="args"] CallExpression[callee.object.name="v"][callee.property.name="id"]',
    message:
      "Ids cross the boundary as strings: v.id() turns a malformed one into an unexplained server error. Use normalizeId.",
  },
];

const FORBIDDEN_GLOBALS = [
  "process",
  "Buffer",
  "require",
  "global",
  "setInterval",
  "__dirname",
  "__filename",
].map((name) => ({
  name,
  message: "Convex's isolate does not have it, or not in a component.",
}));

/** Flat configuration for `src/`. */
export const layers = [
  ...Object.keys(LAYERS).flatMap((layer) =>
    Array.from({ length: DEEPEST }, (_, below) => ({
      name: `layers/${layer}/${below}`,
      files: [`src/${layer}/${"*/".repeat(below)}*.{ts,tsx}`],
      rules: {
        "@typescript-eslint/no-restricted-imports": [
          "error",
          restrictedImports(layer, below + 1),
        ],
      },
    })),
  ),
  {
    name: "layers/isolate",
    files: IN_ISOLATE.map((layer) => `src/${layer}/**/*.ts`),
    rules: { "no-restricted-globals": ["error", ...FORBIDDEN_GLOBALS] },
  },
  {
    name: "layers/deployed",
    files: ["src/{shared,model,component}/**/*.ts"],
    rules: { "no-restricted-syntax": ["error", ...FORBIDDEN_SYNTAX] },
  },
];
