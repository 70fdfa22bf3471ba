import convex from "@convex-dev/eslint-plugin";
import js from "@eslint/js";
import jsdoc from "eslint-plugin-jsdoc";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { layers } from "./scripts/lint-layers.js";

// The plugin aims at `**/convex/**` by default. The component lives elsewhere, and so do the functions it is made of.
const [convexRecommended] = convex.configs.recommended;

export default defineConfig(
  {
    ignores: [
      "dist/",
      "demo-dist/",
      "coverage/",
      "artifacts/",
      "**/_generated/",
      "example/dist/",
      "test/consumer/host/",
      // What VitePress alone reads, with packages that only it has.
      "site/",
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js", "scripts/*.js"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // A file is as long as its one noun. A function fits a screen.
      "max-lines-per-function": [
        "warn",
        { max: 60, skipBlankLines: true, skipComments: true },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // A number in a message is what was meant. Everything else is not.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true },
      ],
      // Parameters that only complete a signature: `_ctx`, `_args`.
      "@typescript-eslint/no-unused-vars": [
        "error",
        {
          argsIgnorePattern: "^_",
          ignoreRestSiblings: true,
          varsIgnorePattern: "^_",
        },
      ],
      // An async function turns a throw into a rejection, which is what its callers rely on, with or without an await.
      "@typescript-eslint/require-await": "off",
      // `Record<never, never>` is how "no details" is said.
      "@typescript-eslint/no-generated-empty-object-type": "off",
      // Prettier lays out the lines.
      "no-unexpected-multiline": "off",
    },
  },
  {
    files: [
      "src/component/**/*.ts",
      "src/model/**/*.ts",
      "example/convex/**/*.ts",
    ],
    plugins: { "@convex-dev": convex },
    rules: {
      ...convexRecommended.rules,
      "@convex-dev/no-filter-in-query": "error",
      "@convex-dev/no-collect-in-query": "error",
    },
  },
  layers,
  {
    files: [
      "src/react/**/*.{ts,tsx}",
      "example/src/**/*.{ts,tsx}",
      "test/react/**/*.{ts,tsx}",
    ],
    extends: [reactHooks.configs.flat["recommended-latest"]],
  },
  {
    // Every exported thing says what it is for.
    files: [
      "src/{errors,shared,host,client,webhooks,jobs,react}/**/*.{ts,tsx}",
      "src/test.ts",
    ],
    plugins: { jsdoc },
    rules: {
      "jsdoc/require-jsdoc": [
        "error",
        {
          publicOnly: true,
          require: {
            ClassDeclaration: true,
            FunctionDeclaration: true,
            MethodDefinition: true,
          },
          checkConstructors: false,
        },
      ],
      "jsdoc/require-description": "error",
      "jsdoc/check-tag-names": ["error", { definedTags: ["module"] }],
      "jsdoc/no-types": "error",
    },
  },
  {
    files: ["test/**/*.{ts,tsx}", "bench/**/*.ts"],
    rules: {
      // Tests say what must hold by asserting it; the compiler cannot know that a row they just wrote is there.
      "@typescript-eslint/no-non-null-assertion": "off",
      // A `describe` holds its tests.
      "max-lines-per-function": "off",
    },
  },
  {
    // Markup, the demo's steps and the list of gates are long without being complicated.
    files: [
      "example/src/**/*.{ts,tsx}",
      "dev/demo/**/*.ts",
      "scripts/audit/gates.ts",
    ],
    rules: { "max-lines-per-function": "off" },
  },
  {
    files: ["**/*.js"],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: { process: "readonly", console: "readonly", URL: "readonly" },
    },
  },
);
