/** Import rules, as errors and without an allowlist. scripts/check.ts fails when no module was read. */
module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "nothing-imports-app", severity: "error", from: { pathNot: "^app/" }, to: { path: "^app/" } },
    {
      name: "lib-imports-no-component",
      severity: "error",
      from: { path: "^lib/" },
      to: { path: "^(components|app)/" },
    },
    {
      name: "components-reach-schemas-and-pure-files",
      comment: "Components take types from schema.ts and browser-safe pure files only.",
      severity: "error",
      from: { path: "^components/" },
      to: {
        path: "^lib/",
        pathNot: [
          "^lib/[^/]+/schema[a-z-]*[.]ts$",
          "^lib/http/page-schema[.]ts$",
          "^lib/auth/(permissions|pattern)[.]ts$",
          "^lib/oci/(reference|digest|media-types|platform)[.]ts$",
          "^lib/[^/]+/format-[a-z-]+[.]ts$",
        ],
      },
    },
    {
      name: "prisma-only-in-stores",
      severity: "error",
      from: {
        path: "^(lib|app|components)/",
        pathNot: [
          "^lib/db/",
          "/store[a-z-]*[.]ts$",
          "^lib/audit/service[.]ts$",
          "^lib/auth/scope-sql[.]ts$",
          "[.]test[.]ts$",
          "^lib/testing/",
        ],
      },
      to: { path: "^lib/db/generated", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "app-has-no-database",
      severity: "error",
      from: { path: "^(app|components)/" },
      to: { path: ["^lib/db/", "/store[a-z-]*[.]ts$"] },
    },
    {
      name: "slices-meet-at-service",
      comment: "A store is opened only by its own slice.",
      severity: "error",
      from: { path: "^lib/([^/]+)/", pathNot: "[.]test[.]ts$" },
      to: { path: "^lib/([^/]+)/(store|jobs)[a-z-]*[.]ts$", pathNot: ["^lib/$1/", "^lib/[^/]+/jobs[.]ts$"] },
    },
    {
      name: "oci-knows-nothing-of-ours",
      severity: "error",
      from: { path: "^lib/oci/", pathNot: "[.]test[.]ts$" },
      to: { path: "^lib/(?!oci/)" },
    },
    {
      name: "wire-only-in-oci",
      severity: "error",
      from: { path: "^lib/", pathNot: ["^lib/(oci|registries/drivers|testing)/", "[.]test[.]ts$"] },
      to: { path: "node_modules/undici" },
    },
    {
      name: "rules-are-pure",
      severity: "error",
      from: { path: "^lib/.+/rules[a-z-]*[.]ts$", pathNot: "[.]test[.]ts$" },
      to: {
        path: [
          "/(store|service|jobs)[a-z-]*[.]ts$",
          "^lib/(db|http|jobs)/",
          "^node:(fs|net|http|https|child_process)",
        ],
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "no-unresolved",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^lib/db/generated" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)([.]next|generated|dist)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".js", ".mjs", ".cjs", ".json", ".css"],
      conditionNames: ["import", "require", "node", "default", "types"],
      exportsFields: ["exports"],
    },
  },
};
