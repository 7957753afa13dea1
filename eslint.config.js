/** House rules as code: import directions, the engine's purity, and the usual hygiene. */
import svelte from "eslint-plugin-svelte";
import tseslint from "typescript-eslint";

/** The engine's folders, left to right: each may import what stands left of it, never right. */
const LAYERS = [
  ["sim", "net"],
  ["kernel"],
  ["machine"],
  ["shell", "programs"],
  ["images"],
  ["docker"],
  ["kubernetes"],
  ["azure"],
  ["trace"],
  ["lab"],
];

const OUTSIDE_ENGINE = {
  regex: "^(\\.\\./)+(app|renderer|test)/|^node:|^(fs|path|os|events|util|stream|buffer)$",
  message:
    "The engine is pure: hosts (app/) reach it through engine/session.ts, never the reverse.",
};

function layerRules() {
  return LAYERS.map((folders, rank) => {
    const right = LAYERS.slice(rank + 1).flat();
    const patterns = [OUTSIDE_ENGINE];
    if (right.length > 0) {
      patterns.push({
        regex: `^(\\.\\./)+(${right.join("|")})/`,
        message: `Imports point left: ${folders.join(", ")} must not know ${right.join(", ")}. Move the shared part left, or pass it in.`,
      });
    }
    return {
      files: folders.map((folder) => `engine/${folder}/**/*.ts`),
      rules: { "no-restricted-imports": ["error", { patterns }] },
    };
  });
}

const ban = (name, instead) => ({ name, message: `Not in the engine: ${instead}` });

const BANNED_GLOBALS = [
  ban("Date", "use sim.nowNs, sys.realtimeSeconds() and engine/programs/support for calendars."),
  ban("setTimeout", "use sim.schedule."),
  ban("setInterval", "use sim.schedule."),
  ban("setImmediate", "use sim.schedule."),
  ban("queueMicrotask", "use sim.schedule."),
  ban("requestAnimationFrame", "use sim.schedule."),
  ban("performance", "time is sim.nowNs."),
  ban("Promise", "a computation that waits is a generator: Blocking<T>."),
  ban("fetch", "programs use the emulated sockets."),
  ban("window", "the engine has no DOM."),
  ban("document", "the engine has no DOM."),
  ban("process", "the engine has no Node."),
  ban("Buffer", "use Uint8Array."),
  ban("require", "use import."),
  ban("console", "report through the session's notices, or print as a program."),
  ban("crypto", "use the seeded sim.random."),
  ban("TextEncoder", "use engine/sim/utf8.ts."),
  ban("TextDecoder", "use engine/sim/utf8.ts."),
  ban("localStorage", "the engine has no I/O."),
  ban("globalThis", "pass what is needed as an argument."),
];

export default tseslint.config(
  { ignores: ["out/", "dist/", "release/", "node_modules/", "coverage/", "test-results/"] },
  ...tseslint.configs.recommended,
  ...svelte.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx"], location: "start" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // A generator that never yields still has to be one: programs and system calls are generators.
      "require-yield": "off",
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    files: ["engine/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", ...BANNED_GLOBALS],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "Use the seeded sim.random." },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector: ":function[async=true], AwaitExpression",
          message: "Not in the engine: a computation that waits is a generator (Blocking<T>).",
        },
      ],
    },
  },
  ...layerRules(),
  {
    files: ["renderer/**/*.{ts,svelte}"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "^(\\.\\./)+engine/session",
              allowTypeImports: true,
              message:
                "The renderer knows the session's types only; it reaches the engine through its Host.",
            },
            {
              regex: "^(\\.\\./)+(engine/(?!session)|app/)|^node:|^electron$",
              message:
                "The renderer draws snapshots from engine/session.ts (types) and asks its Host for the rest.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
