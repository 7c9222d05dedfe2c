import eslint from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import globals from "globals";
import typescript from "typescript-eslint";

/** The two doors between the stream and React. */
const DOORS = ["src/realtime/RealtimeContext.tsx", "src/realtime/useRealtime*.ts"];

const react = {
  regex: "^(react|react-dom)(/|$)",
  message: "What follows the stream knows no React; RealtimeContext.tsx and useRealtime.ts do.",
};

/**
 * @param {...object} patterns
 * @returns {import("eslint").Linter.RulesRecord}
 */
const refuse = (...patterns) => ({ "no-restricted-imports": ["error", { patterns }] });

export default defineConfig(
  globalIgnores(["dist", "src/api/schema.ts", "test-results", "playwright-report"]),
  eslint.configs.recommended,
  typescript.configs.strictTypeChecked,
  typescript.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { project: ["tsconfig.json", "tsconfig.node.json"] } },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      // Numbers read well in a sentence.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // An arrow that only calls something is how handlers are written.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      // A name that begins with "_" stands for what is left out.
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-restricted-exports": ["error", { restrictDefaultExports: { defaultFrom: true } }],
    },
  },
  {
    files: ["src/**/*.{ts,tsx}", ".storybook/preview.tsx"],
    extends: [reactHooks.configs.flat.recommended],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ["src/realtime/**/*.{ts,tsx}"],
    ignores: DOORS,
    rules: refuse(react, {
      group: ["**/components/**", "**/pages/**", "**/forms/**", "**/api/**"],
      message: "The stream knows nothing of what shows it.",
    }),
  },
  {
    files: DOORS,
    rules: refuse({
      group: ["**/components/**", "**/pages/**", "**/forms/**", "**/api/**"],
      message: "The stream knows nothing of what shows it.",
    }),
  },
  {
    files: ["src/components/**/*.{ts,tsx}"],
    rules: {
      ...refuse(
        { group: ["**/realtime/transports/**", "**/RealtimeClient*"], message: "Components take props or hooks." },
        { group: ["**/api/**", "**/pages/**", "openapi-fetch"], message: "Components take props or hooks." },
      ),
      "no-restricted-globals": ["error", "fetch", "WebSocket", "EventSource", "XMLHttpRequest"],
    },
  },
  {
    files: ["**/*.{js,mjs}"],
    // The compiler, which reads these too, knows what is defined: some of it runs in a page.
    rules: { "no-undef": "off" },
  },
  {
    files: ["tests/e2e/**/*.ts"],
    rules: {
      // Playwright reads from an empty pattern that a fixture needs no other.
      "no-empty-pattern": "off",
    },
  },
);
