/**
 * The lint plugin that keeps the house in order: which layer may import what, and that the domain
 * touches nothing outside itself.
 *
 * ```text
 * adapters → domain      app → domain + adapters      nothing → app      domain → nothing
 * ```
 *
 * @module
 */

import { visitImports } from "./layer_imports.ts";
import { visitDomain } from "./pure_domain.ts";

/** The plugin, as `deno.json` loads it. */
const layers: Deno.lint.Plugin = {
  name: "layers",
  rules: {
    imports: { create: visitImports },
    "pure-domain": { create: visitDomain },
  },
};

export default layers;
